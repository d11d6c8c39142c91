import { maskToken, parseTokenText } from '@latchkey/core';

/** What a line holds, as far as it may be shown. */
export interface Finding {
  /** Counted from 1. */
  readonly line: number;
  readonly valid: boolean;
  /** Masked. */
  readonly shown: string;
}

/** Runs of the characters that tokens are made of: whatever is between them separates. Each character is looked at once. */
const RUN = /[0-9A-Za-z_]+/g;
/** The random part and the checksum behind the last `_` of a token. */
const SECRET = /_[0-9A-Za-z]{42}$/;
/** The longest beginning that could be one of a token: behind anything that can not be part of it. */
const PREFIX_AT_END = /[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;

/** The lines that hold a text, without white space around it. */
export function readLines(text: string): { line: number; text: string }[] {
  return text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [{ line: index + 1, text: line.trim() }]));
}

/** Every token, by shape and checksum, in any text. What only looks like one is left out. */
export function findTokens(text: string): Finding[] {
  return text.split('\n').flatMap((content, index) =>
    (content.match(RUN) ?? []).flatMap((run) => {
      const found = tokenIn(run);
      return found === null ? [] : [{ line: index + 1, valid: true, shown: maskToken(found.prefix, found.last4) }];
    }),
  );
}

/** A run may begin with what belongs to something else: `KEY_lk_live_…`. */
function tokenIn(run: string) {
  const secret = SECRET.exec(run.slice(-43))?.[0];
  if (secret === undefined) return null;
  const prefix = PREFIX_AT_END.exec(run.slice(0, -secret.length).slice(-31))?.[0];
  return prefix === undefined ? null : parseTokenText(prefix + secret);
}
