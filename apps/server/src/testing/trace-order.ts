/** What a trace of system calls says of the order in which records were kept and requests answered. */
export interface TraceOrder {
  /** Requests whose record was written, then synced, before the answer with the same id was sent. */
  readonly ordered: number;
  readonly wrong: readonly string[];
  readonly syncs: number;
}

interface Call {
  readonly startedAt: number;
  endedAt: number;
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

const LINE = /^(\d+) +(\d+\.\d+) (.*)$/;
const CALL = /^(\w+)\((\d+)?/;
const RESUMED = /^<\.\.\. (\w+) resumed>/;

/**
 * Reads what `strace -f -ttt` wrote of openat, write, pwrite64, writev, fdatasync and sending. A call that another thread interrupted stands
 * on two lines; its end is the second one.
 */
export function checkOrder(trace: string, requestIds: readonly string[]): TraceOrder {
  const calls = readCalls(trace);
  const syncs = calls.filter(({ name }) => name === 'fdatasync');
  const writes = calls.filter(({ name }) => name === 'pwrite64');
  const answers = calls.filter(({ name, text }) => name !== 'pwrite64' && text.includes('HTTP/1.1 '));
  const wrong: string[] = [];
  for (const id of requestIds) {
    const write = writes.find(({ text }) => text.includes(id));
    const answer = answers.find(({ text }) => text.includes(id));
    // Every call has an empty text in it.
    const isNamed = id !== '';
    const isKept = (sync: Call) => isNamed && write !== undefined && answer !== undefined && isBetween(sync, write, answer);
    if (!syncs.some(isKept)) wrong.push(`${id}: written ${write?.endedAt}, answered ${answer?.startedAt}`);
  }
  return { ordered: requestIds.length - wrong.length, wrong, syncs: syncs.length };
}

function isBetween(sync: Call, write: Call, answer: Call): boolean {
  return sync.file === write.file && sync.startedAt >= write.endedAt && sync.endedAt <= answer.startedAt;
}

function readCalls(trace: string): Call[] {
  const calls: Call[] = [];
  const open = new Map<string, Call>();
  for (const line of trace.split('\n')) {
    const [, thread = '', time = '', text = ''] = LINE.exec(line) ?? [];
    const at = Number(time);
    if (RESUMED.test(text)) {
      const call = open.get(thread);
      if (call) call.endedAt = at;
      continue;
    }
    const [, name, file = ''] = CALL.exec(text) ?? [];
    if (name === undefined) continue;
    const call: Call = { startedAt: at, endedAt: at, name, file, text };
    calls.push(call);
    if (text.endsWith('<unfinished ...>')) open.set(thread, call);
  }
  return calls;
}
