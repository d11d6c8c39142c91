// What the text of a head is made of (RFC 9110 §5.5, §5.6.2), in Latin-1: the same for requests that come in and for answers of the upstream.

/** A control byte, or a CR or LF alone: different readers end different things there. */
const BAD_TEXT = /[^\t\r\n\x20-\x7e\x80-\xff]|\r[^\n]|(?<!\r)\n/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether a text holds what belongs into no head. */
export function hasBadBytes(text: string): boolean {
  return BAD_TEXT.test(text);
}

/** Whether a text can be the name of a field. */
export function isFieldName(text: string): boolean {
  return TOKEN.test(text);
}

/** A part of a text, without the blanks around it. */
export function trimBlanks(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
