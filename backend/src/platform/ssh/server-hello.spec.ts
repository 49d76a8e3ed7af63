import { describe, expect, it } from '@jest/globals';
import { ServerHelloReader } from './server-hello.js';

/** A key exchange offer as a host sends it (RFC 4253, 7.1). */
function offer(kex: string, hostKeys: string): Buffer {
  const list = (names: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(names.length);
    return Buffer.concat([length, Buffer.from(names)]);
  };
  const lists = [list(kex), list(hostKeys), ...Array.from({ length: 8 }, () => list('none'))];
  const payload = Buffer.concat([
    Buffer.from([20]),
    Buffer.alloc(16, 7),
    ...lists,
    Buffer.alloc(5),
  ]);
  const padding = Buffer.alloc(6);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + payload.length + padding.length);
  head[4] = padding.length;
  return Buffer.concat([head, payload, padding]);
}

function read(...chunks: readonly (Buffer | string)[]): ServerHelloReader {
  const reader = new ServerHelloReader();
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return reader;
}

const banner = 'SSH-2.0-OpenSSH_9.2p1 Debian-2';
const whole = Buffer.concat([
  Buffer.from(`${banner}\r\n`),
  offer('curve25519-sha256,x', 'ssh-ed25519'),
]);

describe('ServerHelloReader', () => {
  it('reads the banner and the offer', () => {
    const { hello, isDone, isForeign } = read(whole);

    expect({ hello, isDone, isForeign }).toEqual({
      hello: {
        banner,
        keyExchangeMethods: ['curve25519-sha256', 'x'],
        hostKeyAlgorithms: ['ssh-ed25519'],
      },
      isDone: true,
      isForeign: false,
    });
  });

  it('reads them in pieces of any size', () => {
    const bytes = [...whole].map((byte) => Buffer.from([byte]));

    expect(read(...bytes).hello).toEqual(read(whole).hello);
  });

  it('skips lines before the banner', () => {
    expect(read('Welcome\r\nto this host\n', whole).hello?.banner).toBe(banner);
  });

  it('reads an empty offer', () => {
    expect(read(`${banner}\r\n`, offer('', '')).hello).toMatchObject({ hostKeyAlgorithms: [] });
  });

  it('survives an offer whose lists are longer than itself', () => {
    const broken = offer('curve25519-sha256', 'ssh-ed25519');
    broken.writeUInt32BE(0xffffffff, 22);

    expect(read(`${banner}\r\n`, broken).hello).toMatchObject({
      keyExchangeMethods: [],
      hostKeyAlgorithms: [],
    });
  });

  it.each(['SSH-1.5-old\r\n', 'SSH-9.9-new\r\n'])(
    'calls another protocol version foreign: %j',
    (line) => {
      expect(read(line).isForeign).toBe(true);
    },
  );

  it('takes 1.99 for 2.0, as the standard asks', () => {
    expect(read('SSH-1.99-both\r\n').isForeign).toBe(false);
  });

  it.each(['x', 'x\n'])('calls more than 64 KiB without a banner foreign: %j', (text) => {
    const chunk = text.repeat(16_000);

    expect(read(chunk, chunk).isForeign).toBe(false);
    expect(read(chunk, chunk, chunk, chunk, chunk).isForeign).toBe(true);
  });

  it('leaves a first message that is no offer to the SSH library', () => {
    const { hello, isDone, isForeign } = read(
      `${banner}\r\n`,
      Buffer.from([0, 0, 0, 12, 4, 2, 0, 0]),
    );

    expect({ hello, isDone, isForeign }).toEqual({
      hello: undefined,
      isDone: true,
      isForeign: false,
    });
  });
});
