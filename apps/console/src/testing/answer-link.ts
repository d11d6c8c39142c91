import type { AppRouter } from '@latchkey/api';
import { TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';

/** Answers one procedure call; throws `refusal(…)` to fail it. */
export type Answer = (input: never) => unknown;
/** Answers by path: `{ 'token.list': () => ({ … }) }`. */
export type Answers = Readonly<Record<string, Answer>>;

/** A terminating link: calls are answered here instead of by a server. Paths without an answer fail, so that a test notices them. */
export function createAnswerLink(answers: Answers): TRPCLink<AppRouter> {
  return () =>
    ({ op }) =>
      observable((observer) => {
        Promise.resolve()
          .then(() => answerOne(answers, op.path, op.input))
          .then((data) => {
            observer.next({ result: { type: 'data', data } });
            observer.complete();
          })
          .catch((error: Error) => observer.error(TRPCClientError.from(error)));
      });
}

function answerOne(answers: Answers, path: string, input: unknown): unknown {
  const answer = answers[path];
  if (!answer) throw refusal({ httpStatus: 404, message: `The test has no answer for ${path}.` });
  return answer(input as never);
}

interface Refusal {
  httpStatus: number;
  message: string;
  code?: string;
  requestId?: string;
  details?: { path: string; message: string }[];
}

/** An error as the server sends it. */
export function refusal({ message, ...data }: Refusal): TRPCClientError<AppRouter> {
  return TRPCClientError.from({ error: { message, code: -32_000, data } } as never);
}
