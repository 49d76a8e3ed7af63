import { describe, expect, it } from '@jest/globals';
import jsQrModule from 'jsqr';
import { MAX_QR_TEXT, qrSvg, qrText } from './qr-code.js';

// The package is CommonJS with a default of its own.
const jsQr = jsQrModule.default;

const LINK =
  'vless://24d030c5-6219-4a05-bfd0-824e9a93618e@203.0.113.7:443?encryption=none' +
  '&flow=xtls-rprx-vision&type=tcp&security=reality&sni=www.example.com&fp=chrome' +
  '&pbk=OdhWUjD029p9sTcjnHlBvxqGZMeqm1iyeFxyVhV7yj4&sid=74cadb0163056e4b&spx=%2F#ada%20%E4%BD%A0';

/** Pixels per module: what a camera or a screenshot would see. */
const SCALE = 4;

/** Draws dark modules as RGBA pixels, and reads them with a decoder that is not the encoder's. */
function decode(isDark: (x: number, y: number) => boolean, size: number): string | undefined {
  const side = size * SCALE;
  const pixels = new Uint8ClampedArray(side * side * 4);
  for (let index = 0; index < side * side; index += 1) {
    const x = Math.floor((index % side) / SCALE);
    const y = Math.floor(index / side / SCALE);
    pixels.set([...Array<number>(3).fill(isDark(x, y) ? 0 : 255), 255], index * 4);
  }
  return jsQr(pixels, side, side)?.data;
}

function readSvg(svg: string): string | undefined {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const dark = new Set<string>();
  const path = /fill="#000" d="([^"]+)"/.exec(svg)?.[1] ?? '';
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let offset = 0; offset < Number(width); offset += 1) {
      dark.add(`${Number(x) + offset} ${y ?? ''}`);
    }
  }
  return decode((x, y) => dark.has(`${x} ${y}`), size);
}

function readText(text: string): string | undefined {
  const lines = text.trimEnd().split('\n');
  const lit = { '█': [true, true], '▀': [true, false], '▄': [false, true], ' ': [false, false] };
  const isDark = (x: number, y: number): boolean => {
    const character = lines[Math.floor(y / 2)]?.[x] as keyof typeof lit;
    return !(lit[character][y % 2] ?? false);
  };
  return decode(isDark, lines[0]?.length ?? 0);
}

describe('QR codes', () => {
  it('carry a link as SVG', () => {
    expect(readSvg(qrSvg(LINK))).toBe(LINK);
  });

  it('carry a link as text for terminals', () => {
    expect(readText(qrText(LINK))).toBe(LINK);
  });

  it('carry the longest text that is accepted', () => {
    const text = 'x'.repeat(MAX_QR_TEXT);

    expect(readSvg(qrSvg(text))).toBe(text);
  });

  it('show nothing of the text in the markup', () => {
    const svg = qrSvg('https://example.com/<script>alert(1)</script>');

    expect(svg).not.toMatch(/script|example/);
  });

  it('refuse what nobody could scan', () => {
    expect(() => qrSvg('x'.repeat(MAX_QR_TEXT + 1))).toThrow(RangeError);
  });
});
