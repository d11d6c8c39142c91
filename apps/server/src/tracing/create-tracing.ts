import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Admission, Guard, Verdict } from '@latchkey/bearer-auth';
import { DENIALS } from '@latchkey/core';
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { safeRoute } from '../gateway/safe-route.ts';
import { createTracer, type TracerOptions } from './create-tracer.ts';
import { endWithStatus, requestAttributes, spanName } from './http-attributes.ts';
import { passOnTrace, readTraceParent } from './trace-parent.ts';
import type { Tracing } from './tracing.ts';

/** A request under way. */
interface Traced {
  readonly span: Span;
  readonly method: string | undefined;
  /** With the span in it. */
  readonly context: Context;
  /** Whether its client began the trace. */
  readonly isContinued: boolean;
  outcome: string | null;
  admission: Admission | null;
}

const OPERATORS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);
/** Failures of others, which the server's answer tells of. */
const FAILURES: ReadonlySet<string> = new Set(['UPSTREAM_ERROR', 'UPSTREAM_TIMEOUT']);

export function createTracing(options: TracerOptions): Tracing {
  const { tracer, close } = createTracer(options);
  const storage = new AsyncLocalStorage<Traced>();
  const managed = new WeakMap<IncomingMessage, Span>();

  function begin(req: IncomingMessage): Traced {
    const parent = readTraceParent(req);
    const attributes = requestAttributes(req);
    const span = tracer.startSpan(spanName(req.method), { kind: SpanKind.SERVER, attributes }, parent);
    return {
      span,
      method: req.method,
      context: trace.setSpan(parent, span),
      isContinued: parent !== ROOT_CONTEXT,
      outcome: null,
      admission: null,
    };
  }

  const watchRequests: Tracing['watchRequests'] = (listener) => (req, res) => {
    const traced = begin(req);
    // Others that hear of the end may still change what came of it.
    res.once('close', () => process.nextTick(end, traced, res));
    return storage.run(traced, listener, req, res);
  };

  const watchLookUps: Tracing['watchLookUps'] = (source) => ({
    ...source,
    async findByDigest(candidates) {
      const traced = storage.getStore();
      if (traced === undefined) return source.findByDigest(candidates);
      const span = tracer.startSpan('find token', { kind: SpanKind.INTERNAL }, traced.context);
      try {
        const record = await source.findByDigest(candidates);
        span.setAttribute('latchkey.found', record !== null);
        return record;
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
  });

  const watchUpstream: Tracing['watchUpstream'] = (handler, upstream) => {
    const where = {
      'server.address': upstream.hostname,
      'server.port': Number(upstream.port) || (upstream.protocol === 'https:' ? 443 : 80),
    };
    return (req, res, admission) => {
      const traced = storage.getStore();
      if (traced !== undefined) {
        const attributes = { ...requestAttributes(req), ...where };
        const span = tracer.startSpan(spanName(req.method), { kind: SpanKind.CLIENT, attributes }, traced.context);
        passOnTrace(req, span.spanContext(), traced.isContinued);
        res.once('close', () => endWithStatus(span, res, FAILURES.has(admission.outcome) ? admission.outcome : undefined));
      }
      handler(req, res, admission);
    };
  };

  function watchGuard(guard: Guard): Guard {
    const watched: Pick<Guard, 'check'> = {
      check(request, access) {
        const traced = storage.getStore();
        const verdict = guard.check(request, access);
        if (traced === undefined) return verdict;
        traced.span.setAttribute('latchkey.request_id', request.requestId);
        return verdict instanceof Promise ? verdict.then((late) => note(traced, late)) : note(traced, verdict);
      },
    };
    return Object.assign(Object.create(guard) as Guard, watched);
  }

  const watchManagement: Tracing['watchManagement'] = (app) => {
    app.addHook('onRequest', async ({ raw, routeOptions }) => {
      if (!OPERATORS.has(routeOptions.url ?? '')) managed.set(raw, begin(raw).span);
    });
    app.addHook('onResponse', async (request, reply) => {
      const span = managed.get(request.raw);
      if (span === undefined) return;
      const route = request.routeOptions.url;
      span.setAttribute('latchkey.request_id', request.id);
      if (route !== undefined) span.setAttribute('http.route', route).updateName(spanName(request.method, route));
      endWithStatus(span, reply.raw);
    });
  };

  return { watchRequests, watchGuard, watchLookUps, watchUpstream, watchManagement, close };
}

function note(traced: Traced, verdict: Verdict): Verdict {
  const { span } = traced;
  const [token, endpoint] =
    verdict.kind === 'admit' ? [verdict.admission.token, verdict.admission.endpoint] : [verdict.token, verdict.token && verdict.endpoint];
  if (verdict.kind === 'admit') traced.admission = verdict.admission;
  else traced.outcome = DENIALS[verdict.reason].code;
  if (token !== null) span.setAttribute('latchkey.token_id', token.id);
  if (endpoint !== null) nameByRoute(traced, endpoint);
  return verdict;
}

/** Only of identified tokens: anybody else would make up routes. */
function nameByRoute({ span, method }: Traced, endpoint: string): void {
  const route = `/api${safeRoute(endpoint)}`;
  span.setAttribute('http.route', route).updateName(spanName(method, route));
}

function end({ span, outcome, admission }: Traced, res: ServerResponse): void {
  const answered = res.writableFinished || admission === null || admission.outcome !== 'VALID';
  span.setAttribute('latchkey.outcome', outcome ?? (answered ? (admission?.outcome ?? 'UNKNOWN') : 'CLIENT_CLOSED'));
  endWithStatus(span, res);
}
