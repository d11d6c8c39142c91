import type { IncomingMessage } from 'node:http';
import { trace } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import { passOnTrace, readTraceParent } from './trace-parent.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

function parentOf(...lines: readonly string[]) {
  return trace.getSpanContext(readTraceParent({ headersDistinct: { traceparent: lines } } as unknown as IncomingMessage));
}

describe('a trace is continued', () => {
  test.each([
    [`00-${TRACE}-${SPAN}-01`, 1],
    [`00-${TRACE}-${SPAN}-00`, 0],
    [`00-${TRACE}-${SPAN}-03`, 1],
    [` 00-${TRACE}-${SPAN}-01\t`, 1],
    // A version to come may say more (§4.3).
    [`cc-${TRACE}-${SPAN}-01-what-comes`, 1],
  ])('%j', (line, traceFlags) => {
    expect(parentOf(line)).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags, isRemote: true });
  });
});

describe('a new trace begins where the field can not be read', () => {
  test.each([
    '',
    TRACE,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}0-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-0g`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
  ])('%j', (line) => {
    expect(parentOf(line)).toBeUndefined();
  });

  test('two fields', () => {
    expect(parentOf(`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`)).toBeUndefined();
  });
});

describe('what is passed on', () => {
  const given = ['Host', 'a', 'TraceParent', 'old', 'Tracestate', 'vendor=1', 'traceparent', 'older', 'Accept', '*/*'];
  const passed = (isContinued: boolean) => {
    const rawHeaders = [...given];
    passOnTrace({ rawHeaders } as IncomingMessage, { traceId: TRACE, spanId: SPAN, traceFlags: 1 }, isContinued);
    return rawHeaders;
  };

  test('names the exchange as the parent, once, with the state of the trace', () => {
    expect(passed(true)).toEqual(['Host', 'a', 'Tracestate', 'vendor=1', 'Accept', '*/*', 'traceparent', `00-${TRACE}-${SPAN}-01`]);
  });

  test('has no state of a trace that did not go on', () => {
    expect(passed(false)).toEqual(['Host', 'a', 'Accept', '*/*', 'traceparent', `00-${TRACE}-${SPAN}-01`]);
  });
});
