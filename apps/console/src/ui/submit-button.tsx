import { Button, type ButtonProps } from '@mantine/core';

/**
 * Sends the form around it. Pressing it does not take the focus from a field: a message that appears on blur would move the
 * button away from under the pointer, and the click would be lost.
 */
export function SubmitButton(props: ButtonProps) {
  return <Button type="submit" onMouseDown={(event) => event.preventDefault()} {...props} />;
}
