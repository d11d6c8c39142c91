import type { MouseEvent } from 'react';

/**
 * For buttons beside fields that are checked when they are left: the press does not take the focus, or the message that appears then would
 * move the button away from under the pointer, and the click would be lost.
 */
export function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}
