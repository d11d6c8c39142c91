import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent } from 'node:http';
import path from 'node:path';
import { ask, type Outcome, type Question } from './ask.ts';
import type { GatewayAddress } from './gateway-process.ts';
import { BAD_MOODS, GOOD_MOODS } from './mood.ts';
import { startMoodyUpstream } from './start-moody-upstream.ts';

export interface CrossTalkOptions {
  readonly requests: number;
  readonly connections?: number;
  readonly onProgress?: (done: number) => void;
}

export interface CrossTalk {
  readonly asked: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Requests that got something that was not theirs. */
  readonly foreign: readonly Question[];
  /** Requests that nobody disturbed, and that did not get their answer all the same. */
  readonly hurt: readonly (Question & { readonly outcome: Outcome })[];
}

const GATEWAY = path.join(import.meta.dirname, 'gateway-process.ts');
const SHARE = { bad: 0.12, upload: 0.04, abort: 0.03, large: 0.01 };
const MAX_ABORT_MS = 5;

/** Sends requests with a nonce each through a gateway to an upstream that misbehaves now and then, and looks whether each answer is its own. */
export async function runCrossTalk({ requests, connections = 64, onProgress = () => {} }: CrossTalkOptions): Promise<CrossTalk> {
  const upstream = await startMoodyUpstream();
  const gateway = fork(GATEWAY, [upstream.url]);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  try {
    const [address] = (await once(gateway, 'message')) as [GatewayAddress];
    const outcomes: Record<Outcome, number> = { own: 0, part: 0, refused: 0, none: 0, foreign: 0 };
    const foreign: Question[] = [];
    const hurt: (Question & { outcome: Outcome })[] = [];
    let asked = 0;
    const askOn = async (): Promise<void> => {
      while (asked < requests) {
        asked += 1;
        const question = createQuestion(asked);
        const outcome = await ask(address, agent, question);
        outcomes[outcome] += 1;
        if (outcome === 'foreign') foreign.push(question);
        else if (outcome !== 'own' && isUndisturbed(question)) hurt.push({ ...question, outcome });
        if (asked % 10_000 === 0) onProgress(asked);
      }
    };
    await Promise.all(Array.from({ length: connections }, askOn));
    return { asked, outcomes, foreign, hurt };
  } finally {
    agent.destroy();
    gateway.disconnect();
    await once(gateway, 'exit');
    await upstream.close();
  }
}

function createQuestion(count: number): Question {
  const isBad = Math.random() < SHARE.bad;
  const mood = pick(isBad ? BAD_MOODS : GOOD_MOODS);
  return {
    nonce: `${count}-${randomBytes(6).toString('hex')}`,
    mood,
    method: mood === 'early' || Math.random() < SHARE.upload ? 'POST' : 'GET',
    times: Math.random() < SHARE.large ? 10_000 : 1 + Math.floor(Math.random() * 20),
    abortAfterMs: Math.random() < SHARE.abort ? Math.random() * MAX_ABORT_MS : null,
  };
}

/** What is not repeated may meet a connection that the upstream is just closing; a client has to live with that. */
function isUndisturbed({ mood, method, abortAfterMs }: Question): boolean {
  return (GOOD_MOODS as readonly string[]).includes(mood) && method === 'GET' && abortAfterMs === null;
}

function pick<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)] as Item;
}
