import { maskTokenTexts } from '../token/mask-token-texts.ts';

const MAX_LENGTH = 255;
const UUID_LENGTH = 36;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const LONG_HEX = /^[0-9a-f]{16,}$/i;
const ID_CHARACTERS = /^[A-Za-z0-9_-]{16,}$/;

/**
 * The endpoint under which a path is counted: segments that name one thing (numbers, UUIDs, long hexadecimal and long mixed ids) become
 * `:id`, so that ids do not explode the breakdown. `/products/42` → `/products/:id`. At most 255 characters, and no text of a token among them.
 */
export function endpointTemplate(path: string): string {
  let template = '';
  let copied = 0;
  for (let start = 0; start <= path.length; ) {
    const end = endOfSegment(path, start);
    if (namesOneThing(path, start, end)) {
      template += `${path.slice(copied, start)}:id`;
      copied = end;
    }
    start = end + 1;
  }
  // Most paths name nothing, and stay the string they are.
  if (copied > 0) template += path.slice(copied);
  else template = path;
  template = maskTokenTexts(template);
  return template.length <= MAX_LENGTH ? template : cutAtCharacter(template);
}

function endOfSegment(path: string, start: number): number {
  const slash = path.indexOf('/', start);
  return slash === -1 ? path.length : slash;
}

/** Every request comes by here: numbers and plain words are told by their digits, and only what has some of both is looked at closely. */
function namesOneThing(path: string, start: number, end: number): boolean {
  const digits = countDigits(path, start, end);
  const length = end - start;
  if (digits === length) return length > 0;
  return (digits > 0 || length === UUID_LENGTH) && isId(path.slice(start, end));
}

function countDigits(path: string, start: number, end: number): number {
  let digits = 0;
  for (let at = start; at < end; at++) {
    const code = path.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) digits += 1;
  }
  return digits;
}

/** What is left when numbers are known. */
function isId(segment: string): boolean {
  return UUID.test(segment) || (LONG_HEX.test(segment) && hasDigit(segment)) || isMixedId(segment);
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
