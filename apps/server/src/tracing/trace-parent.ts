import type { IncomingMessage } from 'node:http';
import { type Context, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';

const TRACE_PARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const FIELDS: ReadonlySet<string> = new Set(['traceparent', 'tracestate']);

/** The trace that a request says it belongs to (W3C Trace Context §3.2); a new one where it says nothing that can be. */
export function readTraceParent({ headersDistinct }: IncomingMessage): Context {
  const [line = '', ...others] = headersDistinct.traceparent ?? [];
  const [, version, traceId = '', spanId = '', flags = '', rest] = TRACE_PARENT.exec(line.trim()) ?? [];
  if (others.length > 0 || (version === '00' && rest !== undefined)) return ROOT_CONTEXT;
  const parent: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return isValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

function isValid({ traceId, spanId }: SpanContext): boolean {
  return /[^0]/.test(traceId) && /[^0]/.test(spanId);
}

/** What is passed on says that `span` is the parent. A state without a trace that it belongs to is dropped (§3.3.1). */
export function passOnTrace({ rawHeaders }: IncomingMessage, { traceId, spanId, traceFlags }: SpanContext, isContinued: boolean): void {
  const dropped = isContinued ? new Set(['traceparent']) : FIELDS;
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    if (dropped.has(rawHeaders[index]?.toLowerCase() ?? '')) rawHeaders.splice(index, 2);
  }
  rawHeaders.push('traceparent', `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`);
}
