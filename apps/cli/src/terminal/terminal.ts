import type { Readable, Writable } from 'node:stream';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command reads from and writes to. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

const LONGEST_INPUT = 64 * 1024 * 1024;

/** Everything on standard input, as UTF-8; at most 64 MiB. */
export async function readAll(stdin: Readable): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stdin) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST_INPUT) throw new RangeError('Standard input holds more than 64 MiB. Split it.');
  }
  return text + decoder.decode();
}
