import { request as httpRequest, type IncomingMessage } from 'node:http';
import { type RequestOptions as HttpsRequestOptions, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Target } from './target-rules.ts';

/** What came back: a status and the beginning of the body. */
export interface PostAnswer {
  readonly status: number;
  readonly excerpt: string;
}

const LONGEST_EXCERPT = 1_024;

/**
 * Posts a body to a URL at addresses that were checked before, on a connection of its own. Follows no redirect and reads no more of an
 * answer than the excerpt. Rejects where no status arrives before `signal` aborts; a body that is slow or endless only cuts the excerpt short.
 *
 * @param targets the addresses of the URL's name: nobody is asked again, so that a second look-up can not answer something else. The
 *   certificate must be for the name all the same.
 * @param ca certificates (PEM) to trust instead of the system's.
 */
export async function postWebhook(
  url: URL,
  targets: readonly Target[],
  message: { headers: Readonly<Record<string, string>>; body: string },
  signal: AbortSignal,
  ca?: string,
): Promise<PostAnswer> {
  const body = Buffer.from(message.body);
  const options: HttpsRequestOptions = {
    method: 'POST',
    agent: false,
    lookup: pinnedLookup(targets),
    headers: { ...message.headers, 'content-length': body.length },
    signal,
    ...(ca !== undefined && { ca }),
  };
  const answer = await send(url, options, body);
  try {
    return { status: answer.statusCode ?? 0, excerpt: await readExcerpt(answer) };
  } finally {
    answer.destroy();
  }
}

function send(url: URL, options: HttpsRequestOptions, body: Buffer): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, options, resolve);
    // Stays: what is destroyed after the answer complains once more.
    sent.on('error', reject);
    sent.end(body);
  });
}

async function readExcerpt(answer: IncomingMessage): Promise<string> {
  let excerpt = Buffer.alloc(0);
  try {
    for await (const chunk of answer) {
      excerpt = Buffer.concat([excerpt, chunk as Buffer]).subarray(0, LONGEST_EXCERPT);
      if (excerpt.length === LONGEST_EXCERPT) break;
    }
  } catch {
    // The status is what counts. What arrived of the body is shown.
  }
  return excerpt.toString('utf8');
}

function pinnedLookup(targets: readonly Target[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = targets;
    if (options.all === true) callback(null, [...targets]);
    else if (first === undefined) callback(new Error('There is no address.'), '', 4);
    else callback(null, first.address, first.family);
  };
}
