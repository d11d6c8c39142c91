/** Rows of cells (RFC 4180): quoted cells may hold delimiters, line ends and doubled quotes. Blank lines are left out. */
export function parseCsv(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const cell = text[at] === '"' ? readQuoted(text, at) : readBare(text, at, delimiter);
    row.push(cell.value);
    at = cell.end;
    if (text.startsWith(delimiter, at)) {
      at += delimiter.length;
      // A delimiter at the very end is followed by an empty cell.
      if (at === text.length) row.push('');
      continue;
    }
    at = skipLineEnd(text, at);
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows.filter((cells) => cells.some((cell) => cell.trim() !== ''));
}

interface Cell {
  value: string;
  end: number;
}

function readQuoted(text: string, start: number): Cell {
  let value = '';
  let at = start + 1;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return { value: value + text.slice(at), end: text.length };
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    at = quote + 2;
  }
  return { value, end: at };
}

function readBare(text: string, start: number, delimiter: string): Cell {
  let end = start;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r' && !text.startsWith(delimiter, end)) end += 1;
  return { value: text.slice(start, end), end };
}

/** Also over what stands behind a closing quote, which no writer puts there. */
function skipLineEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at += 1;
  return text.startsWith('\r\n', at) ? at + 2 : at + 1;
}

/** The delimiter that the first line has most of. */
export function guessDelimiter(text: string): string {
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: line.split(delimiter).length - 1 }));
  return counts.reduce((most, each) => (each.count > most.count ? each : most)).delimiter;
}
