import { createServer, type RequestListener, type Server } from 'node:http';

const LARGE = Buffer.alloc(4 * 1024 * 1024, 'x');

const answer: RequestListener = (req, res) => {
  req.resume();
  if (req.url === '/upload') req.once('end', () => res.end('uploaded'));
  else if (req.url === '/large') res.end(LARGE);
  else res.writeHead(200, { 'Content-Type': 'application/json' }).end('{"data":[]}');
};

/** An API with something to be slow about: `/upload` takes a body, `/large` answers with 4 MiB, everything else is quick. */
export function createSlowUpstream(): Server {
  return createServer(answer);
}
