/** How much a host may send before its key exchange offer is complete; OpenSSH sends about 1 KiB. */
const MAX_HELLO_BYTES = 64 * 1024;
const SSH_MSG_KEXINIT = 20;

/** What an SSH host says of itself before anything is encrypted. */
export interface ServerHello {
  /** The identification line without its line end, for example `SSH-2.0-OpenSSH_9.2p1 Debian-2`. */
  readonly banner: string;
  readonly keyExchangeMethods: readonly string[];
  readonly hostKeyAlgorithms: readonly string[];
}

/**
 * Reads a host's identification line (RFC 4253, 4.2) and key exchange offer (7.1) from the bytes as they
 * arrive, beside the SSH library, to be able to say what a host offers when the two do not agree.
 * Believes nothing: what is not understood is left out, and memory is bounded.
 */
export class ServerHelloReader {
  #buffer = Buffer.alloc(0);
  #banner: string | undefined;
  #hello: ServerHello | undefined;
  #firstBytes = '';
  #received = 0;
  #isForeign = false;
  #isDone = false;

  /** The identification line, once it is there. */
  get banner(): string | undefined {
    return this.#banner;
  }

  /** The whole, once the offer is there. */
  get hello(): ServerHello | undefined {
    return this.#hello;
  }

  /** The beginning of what the other side sent. */
  get firstBytes(): string {
    return this.#firstBytes;
  }

  /** Whether the other side has sent more than an SSH host does without identifying itself as SSH 2. */
  get isForeign(): boolean {
    return this.#isForeign;
  }

  /** Whether nothing more will be learnt. */
  get isDone(): boolean {
    return this.#isDone;
  }

  push(chunk: Buffer): void {
    if (this.#isDone) return;
    this.#received += chunk.length;
    if (this.#firstBytes.length < 200) this.#firstBytes += chunk.toString('latin1', 0, 200);
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    this.#banner ??= this.#takeBanner();
    if (this.#banner !== undefined && !this.#isForeign) this.#hello = this.#takeOffer(this.#banner);
    if (this.#received > MAX_HELLO_BYTES && !this.#hello) this.#isForeign = true;
    this.#isDone ||= this.#hello !== undefined || this.#isForeign;
    if (this.#isDone) this.#buffer = Buffer.alloc(0);
  }

  /** Skips lines before the identification, which the standard allows, and takes it. */
  #takeBanner(): string | undefined {
    for (;;) {
      const lineEnd = this.#buffer.indexOf(0x0a);
      if (lineEnd < 0) return undefined;
      const line = this.#buffer.toString('latin1', 0, lineEnd).replace(/\r$/, '');
      if (line.startsWith('SSH-')) {
        this.#buffer = this.#buffer.subarray(lineEnd + 1);
        if (!line.startsWith('SSH-2.0-') && !line.startsWith('SSH-1.99-')) this.#isForeign = true;
        return line;
      }
      this.#buffer = this.#buffer.subarray(lineEnd + 1);
    }
  }

  /** The first packet: length, padding length, message type, 16 random bytes, then name lists. */
  #takeOffer(banner: string): ServerHello | undefined {
    if (this.#buffer.length < 6) return undefined;
    const end = 4 + this.#buffer.readUInt32BE(0);
    if (this.#buffer[5] !== SSH_MSG_KEXINIT || end > MAX_HELLO_BYTES) {
      // Another message may come first; the SSH library judges whether it may.
      this.#isDone = true;
      return undefined;
    }
    if (this.#buffer.length < end) return undefined;
    const keyExchange = readNameList(this.#buffer, 22);
    const hostKeys = readNameList(this.#buffer, keyExchange.next);
    return { banner, keyExchangeMethods: keyExchange.names, hostKeyAlgorithms: hostKeys.names };
  }
}

function readNameList(
  buffer: Buffer,
  at: number,
): { readonly names: readonly string[]; readonly next: number } {
  if (at + 4 > buffer.length) return { names: [], next: buffer.length };
  const end = at + 4 + buffer.readUInt32BE(at);
  if (end > buffer.length) return { names: [], next: buffer.length };
  const text = buffer.toString('latin1', at + 4, end);
  return { names: text === '' ? [] : text.split(','), next: end };
}
