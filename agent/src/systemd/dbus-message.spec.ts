import { describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeCall, messageLength } from './dbus-message.ts';
import { pathLabel, unitName } from './systemd-unit-manager.ts';

const call = {
  destination: 'org.freedesktop.systemd1',
  path: '/org/freedesktop/systemd1',
  interface: 'org.freedesktop.systemd1.Manager',
  member: 'GetUnit',
  signature: 's',
  body: ['a.service'],
};

describe('D-Bus messages', () => {
  const bytes = encodeCall(7, call);

  it('begin with the fixed header of the specification', () => {
    expect(bytes.toString('hex', 0, 12)).toBe('6c010001' + '0e000000' + '07000000');
    expect(messageLength(bytes)).toBe(bytes.length);
  });

  it('are decoded as they were encoded', () => {
    const message = decodeMessage(bytes);

    expect(message).toMatchObject({ type: 1, path: call.path, member: 'GetUnit' });
    expect(message.body.readAll(message.signature)).toEqual(['a.service']);
  });

  it('are read with their fields in any order', () => {
    // A reply, byte by byte by the specification: signature, reply serial, sender, then the body.
    const reply = Buffer.from(
      '6c02010112000000000000001e000000' +
        '08016700016f0000' +
        '0501750007000000' +
        '0601730003000000' +
        '3a312e0000000000' +
        '0d0000002f6f72672f756e69742f615f2d00',
      'hex',
    );

    expect(messageLength(reply)).toBe(reply.length);
    const message = decodeMessage(reply);
    expect(message).toMatchObject({ type: 2, replySerial: 7, signature: 'o' });
    expect(message.body.readAll('o')).toEqual(['/org/unit/a_-']);
  });

  it('are not measured before their header is complete, and must be little-endian', () => {
    expect(messageLength(bytes.subarray(0, 15))).toBeUndefined();
    expect(() => messageLength(Buffer.from(bytes).fill('B', 0, 1))).toThrow('little-endian');
  });
});

describe('object paths of units', () => {
  it('escape everything but letters and digits', () => {
    const name = 'myx-command-0a.service';

    expect(pathLabel(name)).toBe('myx_2dcommand_2d0a_2eservice');
    expect(unitName(pathLabel(name))).toBe(name);
    expect(pathLabel('0a')).toBe('_30a');
  });
});
