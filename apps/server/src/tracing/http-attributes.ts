import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);
/** As OpenTelemetry's semantic conventions for HTTP name it. The target as it came, and what fields say, stay out of it: a token may be in them. */
export function requestAttributes({ method, httpVersion }: IncomingMessage): Attributes {
  return { 'http.request.method': knownMethod(method), 'network.protocol.version': httpVersion };
}

/** Methods that a client made up would make up names of spans. */
export function spanName(method: string | undefined, route?: string): string {
  const known = knownMethod(method);
  const name = known === '_OTHER' ? 'HTTP' : known;
  return route === undefined ? name : `${name} ${route}`;
}

/** Ends the span of an answered request. @param errorType why it failed, where it did */
export function endWithStatus(span: Span, { statusCode, headersSent }: ServerResponse, errorType?: string): void {
  if (headersSent) span.setAttribute('http.response.status_code', statusCode);
  const type = errorType ?? (statusCode >= 500 ? String(statusCode) : undefined);
  if (type !== undefined) span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function knownMethod(method: string | undefined): string {
  return method !== undefined && METHODS.has(method) ? method : '_OTHER';
}
