let pending = false;

/** The router moved to another page: its heading is to take the focus. */
export function markNavigation(): void {
  pending = true;
}

/** Whether a page change still waits for its heading; true once per change. A field that took the focus itself keeps it. */
export function takeNavigation(): boolean {
  const taken = pending;
  pending = false;
  const inField = document.activeElement instanceof HTMLInputElement || document.activeElement instanceof HTMLTextAreaElement;
  return taken && !inField;
}
