let pendingPath: string | null = null;

/** The router moves to another page: its heading is to take the focus. */
export function markNavigation(path: string): void {
  pendingPath = path;
}

/** The heading at `path` goes while it has the focus, for instance because its data came: the one that takes its place is to have it. */
export function passFocusOn(path: string): void {
  pendingPath ??= path;
}

/**
 * Whether the page at `path` is the one moved to; true once. A page that is only being left does not take it, and a field
 * that took the focus itself keeps it.
 */
export function takeNavigation(path: string): boolean {
  if (pendingPath === null || trimSlash(path) !== trimSlash(pendingPath)) return false;
  pendingPath = null;
  return !(document.activeElement instanceof HTMLInputElement || document.activeElement instanceof HTMLTextAreaElement);
}

function trimSlash(path: string): string {
  return path.replace(/\/$/, '');
}
