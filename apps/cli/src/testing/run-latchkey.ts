import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export const BIN = new URL('../../bin/latchkey.mjs', import.meta.url).pathname;

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; none: closed at once. */
  readonly input?: string;
}

/** Runs the real program, with nothing of this process's environment but what is given, and pipes for a terminal. */
export async function runLatchkey(args: readonly string[], { env = {}, input = '' }: RunOptions = {}): Promise<Run> {
  return run(process.execPath, [BIN, ...args], env, input);
}

/** What is typed once the program has written `at`. */
export interface Typed {
  readonly at: string;
  readonly text: string;
}

/** Runs it in a pseudo terminal of 100 columns; what it writes to either output comes back as one text. */
export async function runInTerminal(
  args: readonly string[],
  { env = {}, typed = [] }: { env?: Readonly<Record<string, string>>; typed?: readonly Typed[] } = {},
): Promise<Run> {
  const command = [process.execPath, BIN, ...args].map((each) => `'${each.replaceAll("'", `'\\''`)}'`).join(' ');
  const path = { PATH: process.env.PATH ?? '', TERM: 'xterm' };
  return run('script', ['--quiet', '--return', '--command', `stty cols 100; ${command}`, '/dev/null'], { ...path, ...env }, typed);
}

async function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input: string | readonly Typed[],
): Promise<Run> {
  const child = spawn(file, args, { env, stdio: 'pipe' });
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  child.stdin.on('error', () => undefined);
  if (typeof input === 'string') child.stdin.end(input);
  else typeAnswers(child, input);
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

/** Types one after the other, each when its question has appeared. A terminal that is closed too early would be Ctrl-D. */
function typeAnswers({ stdin, stdout }: ChildProcessWithoutNullStreams, answers: readonly Typed[]): void {
  const left = [...answers];
  let said = '';
  stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    const next = left[0];
    if (next === undefined || !said.includes(next.at)) return;
    said = '';
    left.shift();
    stdin.write(next.text);
  });
}
