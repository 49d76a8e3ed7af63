import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AgentEvent } from '@myx/protocol';
import { EventsQuery, LIMITS } from '@myx/protocol';
import { log } from '../log.ts';
import type { Admitted } from '../rpc/gate.ts';
import { respond } from '../rpc/responses.ts';
import type { EventLog } from './event-log.ts';

/** A reader this many bytes behind is dropped; it may come back and ask for what it missed. */
const BACKLOG_BYTES = 256 * 1024;

/** Serves `GET /{rpc_path}/events?after=SEQ` as server-sent events (HTML Living Standard, 9.2). */
export class EventStream {
  readonly #log: EventLog;
  readonly #idleMs: number;

  constructor(eventLog: EventLog, idleMs: number = LIMITS.eventStreamIdleMs) {
    this.#log = eventLog;
    this.#idleMs = idleMs;
  }

  /** Streams until the reader leaves or falls behind. */
  serve(_request: IncomingMessage, response: ServerResponse, { query }: Admitted): Promise<void> {
    const parsed = EventsQuery.safeParse(Object.fromEntries(new URLSearchParams(query)));
    if (!parsed.success) {
      respond(response, 400, { error: 'after must be a sequence number' });
      return Promise.resolve();
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    return new Promise((resolve) => {
      const send = (text: string): void => {
        response.write(text);
        if (response.writableLength <= BACKLOG_BYTES) return;
        log('warn', 'event reader dropped: too slow');
        response.destroy();
      };
      const stop = this.#log.listen((event) => {
        idle.refresh();
        send(format(event));
      });
      const idle = setInterval(() => {
        send(': idle\n\n');
      }, this.#idleMs);
      response.once('close', () => {
        clearInterval(idle);
        stop();
        resolve();
      });
      // A comment first, so that the reader has the headers even when there is nothing to tell.
      send(`: myx\n\n${this.#log.since(parsed.data.after).map(format).join('')}`);
    });
  }
}

/** One event as its three lines and the empty line that ends it. */
function format(event: AgentEvent): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
