/** The API of `answerUpstream` in the terms of the fetch API. */
export function upstreamResponse(request: Request): Response | Promise<Response> {
  const name = new URL(request.url).pathname.split('/').at(-1) ?? '';
  return (ANSWERS[name] ?? answerJson)(request);
}

const ANSWERS: Record<string, (request: Request) => Response | Promise<Response>> = {
  chunks: () => new Response(streamOf(['one ', 'two ', 'three'])),
  sized: () => new Response(streamOf(['01234', '56789']), { headers: { 'Content-Type': 'text/plain', 'Content-Length': '10' } }),
  empty: () => new Response(null, { status: 204 }),
  missing: () => Response.json({ error: 'Not found' }, { status: 404 }),
  headers() {
    const response = new Response('ok', { headers: { 'X-RateLimit-Limit': '7', 'Content-Type': 'text/plain' } });
    for (const cookie of ['a=1', 'b=2']) response.headers.append('Set-Cookie', cookie);
    return response;
  },
  stuck: () => new Response(stuckStream()),
  upload: async (request) => new Response(String((await request.arrayBuffer()).byteLength)),
};

function answerJson(): Response {
  return Response.json({ data: [] });
}

function streamOf(parts: readonly string[]): ReadableStream<Uint8Array> {
  const left = parts.map((part) => new TextEncoder().encode(part));
  return new ReadableStream({
    pull(controller) {
      const part = left.shift();
      if (part === undefined) controller.close();
      else controller.enqueue(part);
    },
  });
}

/** Half an answer, and then nothing. */
function stuckStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('first half')) });
}
