import { describe, expect, it } from '@jest/globals';
import type { AnsibleEvent } from '@myx/protocol';
import fc from 'fast-check';
import { EventSequence } from './event-sequence.js';

const AT = '2026-11-21T15:00:00.000Z';

function message(text: string): AnsibleEvent {
  return { event: 'message', at: AT, level: 'info', text };
}

function record(event: unknown): string {
  return `\u001e${JSON.stringify(event)}\n`;
}

/** What a reader makes of pieces. */
function read(pieces: readonly (Buffer | string | null)[]): (AnsibleEvent | string)[] {
  const seen: (AnsibleEvent | string)[] = [];
  const sequence = new EventSequence({
    event: (event) => void seen.push(event),
    text: (line) => void seen.push(line),
  });
  for (const piece of pieces) {
    if (piece === null) sequence.gap();
    else sequence.push(Buffer.from(piece));
  }
  sequence.end();
  return seen;
}

describe('EventSequence', () => {
  it('reads the same events wherever the bytes are cut', () => {
    const events = fc.array(
      fc.string({ unit: 'grapheme' }).map((text) => message(text)),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(events, fc.array(fc.nat(400), { maxLength: 12 }), (wanted, cuts) => {
        const bytes = Buffer.from(wanted.map(record).join(''));
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
        places.sort((a, b) => a - b);
        const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));

        expect(read(pieces)).toEqual(wanted);
      }),
    );
  });

  it('never fails, whatever it is given, and always finds the next record', () => {
    const wanted = message('after');
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (junk) => {
        const seen = read([...junk.map((bytes) => Buffer.from(bytes)), record(wanted)]);

        expect(seen.at(-1)).toEqual(wanted);
      }),
    );
  });

  it('tells text between records as lines', () => {
    const seen = read([
      '[WARNING]: one\r\ntwo\n',
      record(message('a')),
      'three',
      record(message('b')),
    ]);

    expect(seen).toEqual(['[WARNING]: one', 'two', message('a'), 'three', message('b')]);
  });

  it('takes a record that was cut short for text', () => {
    const cut = record(message('a')).slice(0, 20);

    expect(read([cut, record(message('b'))])).toEqual([cut.slice(1), message('b')]);
  });

  it('passes over events and fields that it does not know', () => {
    const later = { event: 'something_newer', at: AT, why: 'because' };

    const seen = read([record(later), record({ ...message('a'), more: 1 })]);

    expect(seen).toEqual([message('a')]);
  });

  it('drops a record that is too long to be one, and goes on', () => {
    const seen = read([record(message('x'.repeat(3 * 1024 * 1024))), record(message('b'))]);

    expect(seen).toEqual([message('b')]);
  });

  it('cuts a line of text that never ends', () => {
    const seen = read(['x'.repeat(100_000), 'y'.repeat(100_000), '\n', record(message('b'))]);

    expect(seen).toEqual(['x'.repeat(8192), message('b')]);
  });

  it('goes on with the next record after a gap', () => {
    const whole = record(message('a'));

    const seen = read([whole.slice(0, 10), null, whole.slice(30), record(message('b'))]);

    expect(seen).toEqual([message('b')]);
  });
});
