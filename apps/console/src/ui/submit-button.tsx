import { Button, type ButtonProps } from '@mantine/core';
import { useEffect, useRef } from 'react';

/**
 * Sends the form around it. Pressing it does not take the focus from a field: a message that appears on blur would move the
 * button away from under the pointer, and the click would be lost. Who presses it by keyboard keeps the focus on it: a button that
 * is `disabled` in the sense of HTML, as one with nothing to send and one that is busy would be, throws the focus back to the top.
 */
export function SubmitButton({ disabled = false, loading = false, ...props }: ButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  const wasLoading = useRef(false);
  useEffect(() => {
    if (wasLoading.current && !loading && document.activeElement === document.body) button.current?.focus({ preventScroll: true });
    wasLoading.current = loading;
  }, [loading]);
  return (
    <Button
      ref={button}
      type="submit"
      loading={loading}
      data-disabled={disabled || undefined}
      aria-disabled={disabled || undefined}
      onMouseDown={(event) => event.preventDefault()}
      onClick={(event) => disabled && event.preventDefault()}
      {...props}
    />
  );
}
