/** What stands before the records of one write, so that a reader knows how many there were even where some can not be read. */
export interface BatchHeader {
  /** 8 lower-case hex characters: another one for each time the spool was opened. */
  readonly writer: string;
  /** How many records the writer had made durable before these. */
  readonly first: number;
  readonly count: number;
}

const FIRST_DIGITS = 16;
const COUNT_DIGITS = 8;
const TEXT = /^\["b","([0-9a-f]{8})", *(\d+), *(\d+)\]$/;

/** Text of one length, whatever it says, so that room can be kept for it. */
export function encodeBatchHeader({ writer, first, count }: BatchHeader): string {
  return `["b","${writer}",${String(first).padStart(FIRST_DIGITS)},${String(count).padStart(COUNT_DIGITS)}]`;
}

/** The header in `text`, or `null` when it is not one. */
export function decodeBatchHeader(text: string): BatchHeader | null {
  const [, writer, first, count] = TEXT.exec(text) ?? [];
  return writer === undefined ? null : { writer, first: Number(first), count: Number(count) };
}
