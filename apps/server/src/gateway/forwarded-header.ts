import type { ReceivedHead } from '../http/received-head.ts';

/** One hop as a proxy reported it, as it came: an address with or without port, `unknown`, or anything else. */
export type ForwardedHop = string;

/** The hops of `X-Forwarded-For`, else those of `Forwarded` (RFC 7239), the one nearest to us last. */
export function readForwardedHops(req: ReceivedHead): readonly ForwardedHop[] {
  const listed = req.headersDistinct['x-forwarded-for'];
  if (listed !== undefined) return listed.flatMap((line) => line.split(',')).map((hop) => hop.trim());
  const elements = (req.headersDistinct.forwarded ?? []).flatMap((line) => splitOutsideQuotes(line, ','));
  return elements.map((element) => forwardedParameter(element, 'for') ?? '');
}

/** What the nearest proxy says of the client's request: the last value of `X-Forwarded-<name>`, else of `Forwarded`. */
export function readForwardedFact(req: ReceivedHead, name: 'proto' | 'host'): string | null {
  const listed = req.headersDistinct[`x-forwarded-${name}`]?.at(-1)?.split(',').at(-1)?.trim();
  if (listed !== undefined) return listed;
  const element = splitOutsideQuotes(req.headersDistinct.forwarded?.at(-1) ?? '', ',').at(-1) ?? '';
  return forwardedParameter(element, name);
}

function forwardedParameter(element: string, name: string): string | null {
  for (const pair of splitOutsideQuotes(element, ';')) {
    const equals = pair.indexOf('=');
    if (equals === -1 || pair.slice(0, equals).trim().toLowerCase() !== name) continue;
    return unquote(pair.slice(equals + 1).trim());
  }
  return null;
}

function unquote(text: string): string {
  return text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (isQuoted && text[at] === '\\') at += 1;
    else if (text[at] === '"') isQuoted = !isQuoted;
    else if (text[at] === separator && !isQuoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
