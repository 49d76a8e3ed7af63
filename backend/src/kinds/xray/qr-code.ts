import { encodeQR } from 'qr';

/** Quiet modules around the symbol, as ISO/IEC 18004 asks for. */
const QUIET = 4;

/** Links longer than this make symbols that phones cannot read from a screen. */
export const MAX_QR_TEXT = 1200;

/**
 * A QR code as an SVG image: black on white whatever the page's colours, one unit per module, without
 * scripts, styles or anything of the text itself in the markup.
 *
 * @throws RangeError when the text is too long to be read from a screen.
 */
export function qrSvg(text: string): string {
  const rows = modulesOf(text);
  const size = rows.length;
  const path = rows.flatMap((row, y) => runsOf(row).map(([x, width]) => rectangle(x, y, width)));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" ` +
    'shape-rendering="crispEdges" role="img" aria-label="QR code">' +
    `<path fill="#fff" d="M0 0h${size}v${size}h-${size}z"/>` +
    `<path fill="#000" d="${path.join('')}"/></svg>\n`
  );
}

/** A QR code for a terminal: two modules in one character, dark ones as blanks on light blocks. */
export function qrText(text: string): string {
  const rows = modulesOf(text);
  const lines: string[] = [];
  for (let y = 0; y < rows.length; y += 2) {
    const upper = rows[y] ?? [];
    const lower = rows[y + 1];
    lines.push(upper.map((isDark, x) => character(isDark, lower?.[x] ?? true)).join(''));
  }
  return `${lines.join('\n')}\n`;
}

function modulesOf(text: string): readonly (readonly boolean[])[] {
  if (Buffer.byteLength(text) > MAX_QR_TEXT) {
    throw new RangeError(`a QR code holds at most ${MAX_QR_TEXT} bytes here`);
  }
  return encodeQR(text, 'raw', { ecc: 'low', border: QUIET });
}

/** The runs of dark modules in a row, as start and length. */
function runsOf(row: readonly boolean[]): readonly (readonly [start: number, length: number])[] {
  const runs: [number, number][] = [];
  for (const [x, isDark] of row.entries()) {
    if (!isDark) continue;
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === x) last[1] += 1;
    else runs.push([x, 1]);
  }
  return runs;
}

function rectangle(x: number, y: number, width: number): string {
  return `M${x} ${y}h${width}v1h-${width}z`;
}

function character(upperIsDark: boolean, lowerIsDark: boolean): string {
  if (upperIsDark) return lowerIsDark ? ' ' : '▄';
  return lowerIsDark ? '▀' : '█';
}
