const MAX_LENGTH = 255;
const NUMBER = /^\d+$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const LONG_HEX = /^[0-9a-f]{16,}$/i;
const ID_CHARACTERS = /^[A-Za-z0-9_-]{16,}$/;

/**
 * The endpoint under which a path is counted: segments that name one thing (numbers, UUIDs, long hexadecimal and long mixed ids) become
 * `:id`, so that ids do not explode the breakdown. `/products/42` → `/products/:id`. At most 255 characters.
 */
export function endpointTemplate(path: string): string {
  const template = path.split('/').map(templateSegment).join('/');
  return template.length <= MAX_LENGTH ? template : cutAtCharacter(template);
}

function templateSegment(segment: string): string {
  return isId(segment) ? ':id' : segment;
}

function isId(segment: string): boolean {
  if (segment === '') return false;
  return NUMBER.test(segment) || UUID.test(segment) || (LONG_HEX.test(segment) && hasDigit(segment)) || isMixedId(segment);
}

/** Long, with two digits or more and no word structure: `cjld2cjxh0000qzrmn831i7rn`, `01ARZ3NDEKTSV4RRFFQ69G5FAV`, not `summer-sale-2026-overview`. */
function isMixedId(segment: string): boolean {
  if (!ID_CHARACTERS.test(segment)) return false;
  const digits = segment.replace(/\D/g, '').length;
  return digits >= 2 && longestWord(segment) >= 16;
}

function longestWord(segment: string): number {
  return Math.max(...segment.split(/[-_]/).map((word) => (hasDigit(word) ? word.length : 0)));
}

function hasDigit(text: string): boolean {
  return /\d/.test(text);
}

/** Never ends in half a surrogate pair: the database refuses that. */
function cutAtCharacter(text: string): string {
  const last = text.charCodeAt(MAX_LENGTH - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? MAX_LENGTH - 1 : MAX_LENGTH);
}
