import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { decodeMessage, encodeCall, messageLength, MESSAGE_TYPE } from './dbus-message.ts';
import type { DbusCall, DbusMessage } from './dbus-message.ts';
import type { DbusValue } from './dbus-values.ts';

/** An error reply, or the end of the connection (then `errorName` is empty). */
export class DbusError extends Error {
  override readonly name = 'DbusError';
  /** For example `org.freedesktop.systemd1.NoSuchUnit`. */
  readonly errorName: string;

  constructor(errorName: string, message: string) {
    super(message);
    this.errorName = errorName;
  }
}

interface Pending {
  readonly resolve: (body: readonly DbusValue[]) => void;
  readonly reject: (error: Error) => void;
}

const CALL_TIMEOUT_MS = 20_000;

/**
 * One connection to a D-Bus peer on a unix socket, authenticated by the process's user
 * (`EXTERNAL` of the D-Bus Specification, "Authentication Protocol").
 */
export class DbusConnection {
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  readonly #onSignal: (signal: DbusMessage) => void;
  #serial = 0;
  #received: Buffer = Buffer.alloc(0);
  #open = true;

  private constructor(socket: Socket, onSignal: (signal: DbusMessage) => void) {
    this.#socket = socket;
    this.#onSignal = onSignal;
  }

  /**
   * Connects and authenticates.
   *
   * @param onSignal gets every signal
   */
  static async open(
    path: string,
    onSignal: (signal: DbusMessage) => void,
  ): Promise<DbusConnection> {
    const socket = await authenticate(path);
    const connection = new DbusConnection(socket, onSignal);
    socket.on('data', (chunk: Buffer) => {
      connection.#receive(chunk);
    });
    socket.on('error', (error) => {
      connection.#end(error.message);
    });
    socket.on('close', () => {
      connection.#end('closed by the peer');
    });
    // An idle connection must not keep a finished program alive.
    socket.unref();
    return connection;
  }

  /** False once the connection ended. */
  get isOpen(): boolean {
    return this.#open;
  }

  /**
   * Calls a method.
   *
   * @throws DbusError for an error reply, no reply within 20 s, or a lost connection
   */
  call(call: DbusCall): Promise<readonly DbusValue[]> {
    if (!this.#open) return Promise.reject(new DbusError('', 'the connection is closed'));
    this.#serial += 1;
    const serial = this.#serial;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(serial);
        reject(new DbusError('', `no reply to ${call.member} within ${CALL_TIMEOUT_MS} ms`));
      }, CALL_TIMEOUT_MS);
      this.#pending.set(serial, {
        resolve: (body) => {
          clearTimeout(timer);
          resolve(body);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.#socket.write(encodeCall(serial, call));
    });
  }

  /** Ends the connection; open calls fail. */
  close(): void {
    this.#end('closed');
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    try {
      for (;;) {
        const length = messageLength(this.#received);
        if (length === undefined || this.#received.length < length) return;
        // Copied, so that its own start is what alignment counts from and the rest can be dropped.
        const message = Buffer.from(this.#received.subarray(0, length));
        this.#received = this.#received.subarray(length);
        this.#dispatch(decodeMessage(message));
      }
    } catch (error) {
      // Bytes that are no message: nothing after them can be trusted.
      this.#end(error instanceof Error ? error.message : String(error));
    }
  }

  #dispatch(message: DbusMessage): void {
    if (message.type === MESSAGE_TYPE.signal) {
      this.#onSignal(message);
      return;
    }
    const pending = this.#pending.get(message.replySerial);
    if (pending === undefined) return;
    this.#pending.delete(message.replySerial);
    const values = message.body.readAll(message.signature);
    if (message.type === MESSAGE_TYPE.reply) {
      pending.resolve(values);
      return;
    }
    const [text] = values;
    pending.reject(
      new DbusError(message.errorName, typeof text === 'string' ? text : message.errorName),
    );
  }

  #end(reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.destroy();
    for (const { reject } of this.#pending.values()) reject(new DbusError('', reason));
    this.#pending.clear();
  }
}

/** Connects and says who we are; the kernel tells the peer whether that is true. */
function authenticate(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    let answer = '';
    const fail = (reason: string): void => {
      socket.destroy();
      reject(new DbusError('', `${path}: ${reason}`));
    };
    const onData = (chunk: Buffer): void => {
      answer += chunk.toString('latin1');
      if (!answer.includes('\r\n')) return;
      if (!answer.startsWith('OK ')) {
        fail(`authentication refused: ${answer.trim()}`);
        return;
      }
      socket.removeAllListeners();
      resolve(socket);
    };
    socket.on('data', onData);
    socket.on('error', (error) => {
      fail(error.message);
    });
    socket.on('close', () => {
      fail('closed while authenticating');
    });
    const user = Buffer.from(String(process.geteuid?.() ?? 0), 'latin1').toString('hex');
    // BEGIN is not held back until the answer: systemd does not look at a message that it read together
    // with BEGIN before more arrives, and so they must not arrive together.
    socket.write(`\0AUTH EXTERNAL ${user}\r\nBEGIN\r\n`);
  });
}
