import { parseTokenText } from './token-text.ts';

const SECRET_LENGTH = 42;
const RUN = /[0-9A-Za-z]{42,}/g;

/**
 * What a client sent, fit to be kept: of the text of every valid token in it only prefix, three dots and the last three characters are left,
 * whether it was issued or not. It is known where something else than a letter or digit stands before or behind its 42 characters.
 */
export function maskTokenTexts(text: string): string {
  return hasRun(text) ? text.replace(RUN, maskRun) : text;
}

function maskRun(run: string): string {
  if (isSecret(run.slice(0, SECRET_LENGTH))) return `${mask(run.slice(0, SECRET_LENGTH))}${maskTokenTexts(run.slice(SECRET_LENGTH))}`;
  const end = run.slice(-SECRET_LENGTH);
  return isSecret(end) ? `${run.slice(0, -SECRET_LENGTH)}${mask(end)}` : run;
}

function mask(secret: string): string {
  return `...${secret.slice(-3)}`;
}

function isSecret(text: string): boolean {
  return parseTokenText(text) !== null;
}

/** Every request comes by here, and next to none has one: looks from the end of where it could be, and so at a few characters only. */
function hasRun(text: string): boolean {
  for (let from = 0; from + SECRET_LENGTH <= text.length; ) {
    let at = from + SECRET_LENGTH - 1;
    while (at >= from && isLetterOrDigit(text.charCodeAt(at))) at -= 1;
    if (at < from) return true;
    from = at + 1;
  }
  return false;
}

function isLetterOrDigit(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39);
}
