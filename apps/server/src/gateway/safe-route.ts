/** So long are ids and secrets, and no names. */
const LONG_SEGMENT = /[^/]{24,}/g;
const UNPRINTABLE = /[^\x20-\x7e]/g;

/** An endpoint's template as it may leave for logs and traces: without anything that could be a token, and in plain characters. */
export function safeRoute(template: string): string {
  return template
    .replace(LONG_SEGMENT, ':id')
    .replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
