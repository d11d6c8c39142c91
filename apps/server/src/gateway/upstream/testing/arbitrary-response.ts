import fc from 'fast-check';

/** A response that is right, and what must be read of it. */
export interface SampleResponse {
  readonly text: string;
  readonly method: string;
  readonly status: number;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
  /** Ends with its connection. */
  readonly isUntilClose: boolean;
}

const TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const token = fc.string({ unit: fc.constantFrom(...TOKEN_CHARACTERS), minLength: 1, maxLength: 12 });
const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const fieldCharacter = fc.integer({ min: 0x20, max: 0xff }).map((code) => (code === 0x7f ? '\t' : String.fromCharCode(code)));
const fieldText = fc.string({ unit: fieldCharacter, maxLength: 20 }).map((text) => text.replace(/^[ \t]+|[ \t]+$/g, ''));
const blanks = fc.constantFrom('', ' ', '  ');
/** Names that mean nothing to framing. */
const field = fc.tuple(
  token.filter((name) => !/^(?:content-length|transfer-encoding|connection|keep-alive)$/i.test(name)),
  fieldText,
);
const fields = fc.array(field, { maxLength: 5 });
const informational = fc
  .tuple(fc.constantFrom(100, 102, 103, 199), fields)
  .map(([status, list]) => `HTTP/1.1 ${status} Early\r\n${list.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);

interface ChunkedBody {
  readonly pieces: readonly string[];
  readonly extension: string;
  readonly zeros: string;
  readonly isUpper: boolean;
  readonly trailers: readonly [name: string, value: string][];
}

/** Text in pieces, each as a chunk with or without extension, and perhaps trailers. */
const chunked: fc.Arbitrary<ChunkedBody> = fc.record({
  pieces: fc.array(fc.string({ unit: byte, minLength: 1, maxLength: 40 }), { maxLength: 5 }),
  extension: fc.constantFrom('', ';a', ';a=b', ' ;a="q;\xe9"', ';;'),
  zeros: fc.constantFrom('', '0', '000'),
  isUpper: fc.boolean(),
  trailers: fields,
});

function writeChunks({ pieces, extension, zeros, isUpper, trailers }: ChunkedBody): string {
  const size = (length: number) => `${zeros}${isUpper ? length.toString(16).toUpperCase() : length.toString(16)}${extension}\r\n`;
  const written = pieces.map((piece) => `${size(piece.length)}${piece}\r\n`).join('');
  return `${written}${size(0)}${trailers.map(([name, value]) => `${name}:${value}\r\n`).join('')}\r\n`;
}

const framed = fc.oneof(
  fc.string({ unit: byte, maxLength: 120 }).map((body) => ({ field: ['Content-Length', String(body.length)], wire: body, body })),
  chunked.map((chunks) => ({ field: ['Transfer-Encoding', 'chunked'], wire: writeChunks(chunks), body: chunks.pieces.join('') })),
  fc.string({ unit: byte, maxLength: 120 }).map((body) => ({ field: [], wire: body, body })),
);

export const arbitraryResponse: fc.Arbitrary<SampleResponse> = fc
  .record({
    early: fc.array(informational, { maxLength: 3 }),
    method: fc.constantFrom('GET', 'GET', 'POST', 'HEAD'),
    version: fc.constantFrom('1.1', '1.1', '1.0'),
    status: fc.oneof(fc.constantFrom(200, 204, 206, 304, 404), fc.integer({ min: 200, max: 999 })),
    reason: fc.constantFrom('', ' ', ' OK', ' Não é nada'),
    before: fields,
    after: fields,
    blank: fc.tuple(blanks, blanks),
    framed,
  })
  .filter(
    ({
      version,
      framed: {
        field: [name],
      },
    }) => version === '1.1' || name !== 'Transfer-Encoding',
  )
  .map(({ early, method, version, status, reason, before, after, blank, framed: { field: framing, wire, body } }) => {
    const rawHeaders = [...before.flat(), ...framing, ...after.flat()];
    let head = `HTTP/${version} ${status}${reason}\r\n`;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      head += `${rawHeaders[index]}:${blank[0]}${rawHeaders[index + 1]}${blank[1]}\r\n`;
    }
    const isBodiless = method === 'HEAD' || status === 204 || status === 304;
    return {
      text: `${early.join('')}${head}\r\n${isBodiless ? '' : wire}`,
      method,
      status,
      rawHeaders,
      body: isBodiless ? '' : body,
      isUntilClose: !isBodiless && framing.length === 0,
    };
  });

/** A text with a few bytes changed, put in, taken away or repeated. */
export function arbitraryMutation(text: string): fc.Arbitrary<string> {
  const position = fc.nat({ max: text.length });
  const some = fc.oneof(
    fc.string({ unit: byte, minLength: 1, maxLength: 3 }),
    fc.constantFrom('\r\n', '\n', '\r', '\0', ' ', '0\r\n\r\n', ':'),
  );
  const mutation = fc.oneof(
    fc.tuple(position, some).map(
      ([at, put]) =>
        (old: string) =>
          old.slice(0, at) + put + old.slice(at + put.length),
    ),
    fc.tuple(position, some).map(
      ([at, put]) =>
        (old: string) =>
          old.slice(0, at) + put + old.slice(at),
    ),
    fc.tuple(position, fc.nat({ max: 8 })).map(
      ([at, length]) =>
        (old: string) =>
          old.slice(0, at) + old.slice(at + length),
    ),
    fc.tuple(position, fc.nat({ max: 40 })).map(
      ([at, length]) =>
        (old: string) =>
          old.slice(0, at + length) + old.slice(at),
    ),
  );
  return fc.array(mutation, { minLength: 1, maxLength: 3 }).map((mutations) => mutations.reduce((old, mutate) => mutate(old), text));
}
