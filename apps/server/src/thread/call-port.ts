import type { MessagePort, Worker } from 'node:worker_threads';

/** What one side answers when the other calls. */
export type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;

/** The other side of a thread's boundary. Calls arrive in the order in which they were made. */
export interface CallPort<Remote extends Methods> {
  /** Rejects with what the other side threw, or with the reason of `end`. */
  call<Name extends keyof Remote & string>(name: Name, ...args: Parameters<Remote[Name]>): Promise<Awaited<ReturnType<Remote[Name]>>>;
  /** As `call`, without an answer. */
  tell<Name extends keyof Remote & string>(name: Name, ...args: Parameters<Remote[Name]>): void;
  /** Nobody will answer any more: calls under way and to come are rejected. */
  end(reason: Error): void;
}

type Message =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: unknown };

interface Waiter {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** The id of what is told: nobody waits for it. */
const NOBODY = 0;

export function createCallPort<Remote extends Methods>(
  port: Pick<MessagePort | Worker, 'on' | 'postMessage'>,
  methods: Methods,
): CallPort<Remote> {
  const waiting = new Map<number, Waiter>();
  let lastId = NOBODY;
  let ended: Error | null = null;

  const post = (message: Message): void => port.postMessage(message, []);

  async function answer({ id, name, args }: Extract<Message, { kind: 'call' }>): Promise<void> {
    try {
      const value = await methods[name]?.(...(args as never[]));
      if (id !== NOBODY) post({ kind: 'answer', id, value });
    } catch (error) {
      if (id !== NOBODY) postFailure(id, error);
    }
  }

  /** Not everything that is thrown can be copied to the other side; what it says can. */
  function postFailure(id: number, error: unknown): void {
    try {
      post({ kind: 'failure', id, error });
    } catch {
      post({ kind: 'failure', id, error: new Error(error instanceof Error ? error.message : String(error)) });
    }
  }

  function settle(message: Exclude<Message, { kind: 'call' }>): void {
    const waiter = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.kind === 'answer') waiter?.resolve(message.value);
    else waiter?.reject(message.error);
  }

  port.on('message', (message: Message) => {
    if (message.kind === 'call') void answer(message);
    else settle(message);
  });

  return {
    call: (name, ...args) => {
      if (ended !== null) return Promise.reject(ended);
      const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<Remote[typeof name]>>>();
      const id = ++lastId;
      waiting.set(id, { resolve: resolve as Waiter['resolve'], reject });
      post({ kind: 'call', id, name, args });
      return promise;
    },
    tell: (name, ...args) => {
      if (ended === null) post({ kind: 'call', id: NOBODY, name, args });
    },
    end(reason) {
      ended = reason;
      for (const { reject } of waiting.values()) reject(reason);
      waiting.clear();
    },
  };
}
