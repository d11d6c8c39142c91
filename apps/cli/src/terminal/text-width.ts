const WIDE =
  /\p{Extended_Pictographic}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;
/** Pictures that are drawn as text, one cell wide, unless a selector says otherwise: ©, ™, ✓ and their like. */
const NARROW_PICTURE = /^[\xa0-\u2bff](?!\ufe0f)/u;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Cells that a text takes in a terminal: two for East Asian and most pictographic characters, one for others. */
export function textWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The longest beginning of `text` that fits `width` cells; what does not fit is shown as `…`. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let room = width - 1;
  for (const { segment } of graphemes.segment(text)) {
    room -= graphemeWidth(segment);
    if (room < 0) break;
    kept += segment;
  }
  return width < 1 ? '' : `${kept}…`;
}

function graphemeWidth(segment: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}]+$/u.test(segment)) return 0;
  return WIDE.test(segment) && !NARROW_PICTURE.test(segment) ? 2 : 1;
}
