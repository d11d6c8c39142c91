/** The one-time token of a set-up link, of its fragment, or itself. `null` when there is none. */
export function readSetupToken(text: string): string | null {
  const trimmed = text.trim();
  const fragment = trimmed.includes('#') ? trimmed.slice(trimmed.indexOf('#') + 1) : trimmed;
  const token = fragment.startsWith('token=') ? new URLSearchParams(fragment).get('token') : fragment;
  return token || null;
}
