import { describe, expect, it } from '@jest/globals';
import { parseTrafficReadings } from './traffic-reading.js';

const FIRST = '9cb3ac71fa7244e995067338b07d5e4c';
const SECOND = 'ac9ac4bdbb9244b0908efeb8a2586996';

function counter(name: string, value?: number | string): object {
  return value === undefined ? { name } : { name, value };
}

function printed(...parts: readonly (readonly [string, unknown])[]): string {
  return parts
    .map(([epoch, json]) => `epoch ${epoch}\n${JSON.stringify(json, null, 4)}\n`)
    .join('');
}

describe('parseTrafficReadings', () => {
  it('reads the counters of every start by client', () => {
    const output = printed(
      [
        FIRST,
        {
          stat: [
            counter('user>>>a>>>traffic>>>uplink', 7),
            counter('user>>>a>>>traffic>>>downlink', '9007199254740993'),
            counter('user>>>b>>>traffic>>>uplink'),
          ],
        },
      ],
      [SECOND, {}],
    );

    expect(parseTrafficReadings(output)).toEqual([
      {
        epoch: FIRST,
        counters: [
          { clientId: 'a', uplink: 7n, downlink: 9007199254740993n },
          { clientId: 'b', uplink: 0n, downlink: 0n },
        ],
      },
      { epoch: SECOND, counters: [] },
    ]);
  });

  it.each([
    ['cut JSON', `epoch ${FIRST}\n{ "stat": [`],
    ['a foreign epoch', `epoch ../x\n{}\n`],
    ['a negative value', printed([FIRST, { stat: [counter('user>>>a>>>traffic>>>uplink', -1)] }])],
    ['nothing', ''],
  ])('leaves out %s', (_what, output) => {
    expect(parseTrafficReadings(output)).toEqual([]);
  });

  it('passes over counters that are not of clients', () => {
    const output = printed([
      FIRST,
      {
        stat: [counter('inbound>>>reality>>>traffic>>>uplink', 5), counter('user>>>a>>>online', 1)],
      },
    ]);

    expect(parseTrafficReadings(output)).toEqual([{ epoch: FIRST, counters: [] }]);
  });
});
