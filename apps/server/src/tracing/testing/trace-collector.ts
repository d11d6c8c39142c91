import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findTokenTexts } from '@latchkey/core/testing';
import { refuseLeaks } from '@latchkey/database/testing';

interface Value {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly boolValue?: boolean;
}

export interface CollectedSpan {
  readonly name: string;
  /** As in OTLP: 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
  /** 2: an error. */
  readonly status: number;
}

/** Takes OTLP over HTTP, as a collector does. */
export interface TraceCollector {
  readonly url: string;
  /** Everything that was sent, as it came. */
  readonly received: string[];
  spans(): CollectedSpan[];
  /** Rejects where the text of a token was sent. */
  close(): Promise<void>;
}

interface Request {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Attributes };
    readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
  }[];
}
type Attributes = readonly { readonly key: string; readonly value: Value }[];
type RawSpan = Omit<CollectedSpan, 'attributes' | 'resource' | 'status'> & {
  readonly attributes: Attributes;
  readonly status?: { readonly code?: number };
};

export async function startTraceCollector(): Promise<TraceCollector> {
  const received: string[] = [];
  const server = createServer(async (req, res) => {
    const chunks = await req.toArray();
    received.push(Buffer.concat(chunks as Buffer[]).toString());
    res.writeHead(req.url === '/v1/traces' ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    spans: () => received.flatMap((text) => spansOf(JSON.parse(text) as Request)),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      const found = findTokenTexts(received.join('\n'));
      refuseLeaks('what a collector of traces got', new Map(found.length > 0 ? [['spans', found.length]] : []));
    },
  };
}

function spansOf({ resourceSpans }: Request): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ status, ...span }) => ({
        ...span,
        attributes: toObject(span.attributes),
        resource: toObject(resource.attributes),
        status: status?.code ?? 0,
      })),
    ),
  );
}

function toObject(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.boolValue ?? Number(value.intValue)]));
}
