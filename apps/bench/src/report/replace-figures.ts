const BEGIN = '<!-- figures of npm run bench -->';
const END = '<!-- end of the figures -->';

/** A document with the figures between its two marks replaced. @throws Error where the marks are missing. */
export function replaceFigures(document: string, figures: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`The document needs a line "${BEGIN}", and "${END}" below it.`);
  return `${document.slice(0, begin)}${BEGIN}\n\n${figures.trim()}\n\n${document.slice(end)}`;
}
