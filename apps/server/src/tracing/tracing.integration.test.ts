// What a collector gets of the real server, and what a collector that is away does to it: nothing.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { bearer, listen, send } from '@latchkey/bearer-auth/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { openSceneWithDatabase, type Scene } from '../contract/testing/open-scene.ts';
import { findFreePort } from '../testing/latchkey-process.ts';
import { type CollectedSpan, startTraceCollector, type TraceCollector } from './testing/trace-collector.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function openCollector(): Promise<TraceCollector> {
  const collector = await startTraceCollector();
  closing.push(() => collector.close());
  return collector;
}

/** A server whose upstream answers with what it heard; `/broken` breaks. */
async function openTraced(env: Record<string, string>) {
  const heard: IncomingHttpHeaders[] = [];
  const upstream = await listen(
    createServer((req, res) => {
      heard.push(req.headers);
      if (req.url === '/broken') req.socket.destroy();
      else res.end('{}');
    }),
  );
  closing.push(() => upstream.close());
  const scene = await openSceneWithDatabase({ LATCHKEY_UPSTREAM_URL: upstream.url, OTEL_BSP_SCHEDULE_DELAY: '50', ...env });
  closing.push(() => scene.close());
  return { scene, heard };
}

/** Everything that was traced: a stop sends what is left. */
async function stopAndCollect(scene: Scene, collector: TraceCollector): Promise<readonly CollectedSpan[]> {
  expect(await scene.process.stop()).toBe(0);
  return collector.spans();
}

const ofGateway = (spans: readonly CollectedSpan[]) =>
  spans.filter(({ kind, attributes }) => kind === 2 && 'latchkey.outcome' in attributes);
const childrenOf = (parent: CollectedSpan, spans: readonly CollectedSpan[]) => spans.filter((span) => span.parentSpanId === parent.spanId);

describe.each([
  ['one thread', {}],
  ['two threads', { LATCHKEY_THREADS: '2' }],
])('with %s', (_, env) => {
  it('a request is a span with its look-up and its upstream below it, in the trace of its client, and tells no secret', async () => {
    const collector = await openCollector();
    const { scene, heard } = await openTraced({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'tokens', ...env });
    const { id, token } = await scene.createToken({ name: 'traced', rate_limit: 1 });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const fields = ['traceparent', traceparent, 'tracestate', 'vendor=1', 'User-Agent', token];
    const target = `/products/42?q=secret-of-a-query&key=${token}`;
    const { headers } = await scene.call(token, target, { headers: fields });
    await scene.call(token, `/files/${token}`);
    await send(scene.url, { path: '/api/products', headers: bearer('lk_live_nobody_issued_this_text_0123456789') });
    const spans = await stopAndCollect(scene, collector);

    // Not by their times: each thread has a clock of its own.
    const ofStatus = (status: number) => ofGateway(spans).find(({ attributes }) => attributes['http.response.status_code'] === status);
    const [admitted, limited, unknown] = [ofStatus(200), ofStatus(429), ofStatus(401)];
    expect(admitted).toMatchObject({
      name: 'GET /api/products/:id',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      parentSpanId: 'b7ad6b7169203331',
      resource: { 'service.name': 'tokens', 'service.version': expect.any(String) },
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/api/products/:id',
        'http.response.status_code': 200,
        'latchkey.outcome': 'VALID',
        'latchkey.token_id': id,
        'latchkey.request_id': headers['x-request-id'],
      },
    });
    const children = childrenOf(admitted as CollectedSpan, spans);
    expect(children.map(({ name, kind }) => `${name} ${kind}`).sort()).toEqual(['GET 3', 'find token 1']);
    const exchange = children.find(({ kind }) => kind === 3);
    expect(exchange?.attributes).toMatchObject({ 'server.address': '127.0.0.1', 'http.response.status_code': 200 });
    expect(heard[0]).toMatchObject({ traceparent: `00-${exchange?.traceId}-${exchange?.spanId}-01`, tracestate: 'vendor=1' });

    expect(limited).toMatchObject({
      attributes: { 'http.response.status_code': 429, 'latchkey.outcome': 'RATE_LIMITED', 'latchkey.token_id': id },
    });
    expect(limited?.traceId).not.toBe(admitted?.traceId);
    expect(unknown).toMatchObject({ name: 'GET', attributes: { 'http.response.status_code': 401 } });
    expect(unknown?.attributes).not.toHaveProperty('http.route');

    const everything = collector.received.join('\n');
    for (const secret of [token, 'secret-of-a-query', 'nobody_issued_this', scene.admin.jwt]) expect(everything).not.toContain(secret);
    expect(everything).not.toContain(token.slice(0, 20));
  });
});

it('an upstream that breaks is an error of the exchange and of the request', async () => {
  const collector = await openCollector();
  const { scene } = await openTraced({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const { token } = await scene.createToken({ name: 'traced' });
  expect((await scene.call(token, '/broken')).status).toBe(502);
  const spans = await stopAndCollect(scene, collector);
  const [broken] = ofGateway(spans);
  expect(broken).toMatchObject({ status: 2, attributes: { 'latchkey.outcome': 'UPSTREAM_ERROR', 'error.type': '502' } });
  const exchange = childrenOf(broken as CollectedSpan, spans).find(({ kind }) => kind === 3);
  expect(exchange).toMatchObject({ status: 2, attributes: { 'error.type': 'UPSTREAM_ERROR' } });
});

it('management requests are spans by their routes, without what they say', async () => {
  const collector = await openCollector();
  const { scene } = await openTraced({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const { id } = await scene.createToken({ name: 'a-name-in-a-body' });
  await scene.rest('GET', `/api/api-tokens/${id}?search=a-query`);
  await send(scene.url, { path: '/healthz' });
  const spans = await stopAndCollect(scene, collector);
  expect(spans.map(({ name }) => name)).toEqual(expect.arrayContaining(['POST /api/api-tokens', 'GET /api/api-tokens/*']));
  expect(spans.filter(({ name }) => name.includes('healthz'))).toEqual([]);
  expect(collector.received.join('\n')).not.toMatch(/a-name-in-a-body|a-query/);
});

it('what is not sampled is not sent, and the upstream is told so', async () => {
  const collector = await openCollector();
  const { scene, heard } = await openTraced({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER: 'parentbased_always_off' });
  const { token } = await scene.createToken({ name: 'traced' });
  await scene.call(token);
  await scene.call(token, '/products', { headers: ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'] });
  const spans = await stopAndCollect(scene, collector);
  expect(heard[0]?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  expect(ofGateway(spans).map(({ traceId }) => traceId)).toEqual(['0af7651916cd43dd8448eb211c80319c']);
});

it('a collector that is away changes no answer, and is told of once', async () => {
  const { scene } = await openTraced({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await findFreePort()}`,
    OTEL_EXPORTER_OTLP_TIMEOUT: '200',
  });
  const { token } = await scene.createToken({ name: 'traced' });
  for (let round = 0; round < 50; round += 1) expect((await scene.call(token)).status).toBe(200);
  await expect.poll(() => scene.output(), { timeout: 10_000 }).toContain('Traces could not be sent');
  expect(await scene.process.stop()).toBe(0);
  expect(scene.output().split('Traces could not be sent')).toHaveLength(2);
});

it('without a word about traces nothing is sent, and what a client says of its trace passes unchanged', async () => {
  const { scene, heard } = await openTraced({});
  const { token } = await scene.createToken({ name: 'traced' });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await scene.call(token, '/products', { headers: ['traceparent', traceparent] });
  expect(heard[0]?.traceparent).toBe(traceparent);
});
