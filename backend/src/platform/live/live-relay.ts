import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { PgNotifier } from '../database/index.js';
import { LOGGER } from '../logging/index.js';
import { LiveBus } from './live-bus.js';
import type { LiveMessage } from './live-bus.js';

const CHANNEL = 'myx_live';

/** Messages are collected this long and told together, milliseconds. */
const BATCH_MS = 50;

/** Payload of one notification; PostgreSQL takes 8000 bytes. */
const PAYLOAD_BYTES = 7_000;

/** A fact larger than this travels without its details: whoever needs them fetches them. */
const MESSAGE_BYTES = 2_000;

const Payload = z.object({
  from: z.string(),
  messages: z.array(
    z.object({ topic: z.string(), type: z.string(), data: z.record(z.string(), z.unknown()) }),
  ),
});

/**
 * Tells the managers on one database what each of them publishes, so that it does not matter with which
 * one a browser or a waiting request is connected.
 */
@Injectable()
export class LiveRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly id = randomUUID();
  private readonly stops: (() => void)[] = [];
  private pending = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly liveBus: LiveBus,
    private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
    /** Absent: this manager is the only one. */
    @Optional() @Inject(PgNotifier) private readonly notifier?: PgNotifier,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.notifier) return;
    this.stops.push(
      await this.notifier.listen(CHANNEL, (payload) => {
        this.receive(payload);
      }),
      this.notifier.onGap(() => {
        this.liveBus.missed();
      }),
      this.liveBus.subscribeOwn((message) => {
        this.collect(message);
      }),
    );
  }

  beforeApplicationShutdown(): void {
    clearTimeout(this.timer);
    for (const stop of this.stops.splice(0)) stop();
  }

  /** Of several messages about the same thing within a batch, the last one is enough. */
  private collect(message: LiveMessage): void {
    const text = textOf(message);
    const { topic, type, data } = message;
    const thing = [topic, type, data.id, data.stream, data.offset, data.seq, data.position].join(
      ' ',
    );
    this.pending.delete(thing);
    this.pending.set(thing, text);
    this.timer ??= setTimeout(() => void this.tell(), BATCH_MS);
  }

  private async tell(): Promise<void> {
    const texts = [...this.pending.values()];
    this.pending = new Map();
    this.timer = undefined;
    try {
      for (const batch of batchesOf(texts)) {
        const payload = `{"from":"${this.id}","messages":[${batch.join(',')}]}`;
        await this.notifier?.notify(this.dataSource.manager, CHANNEL, payload);
      }
    } catch (error) {
      // The database is away: other managers notice the gap by themselves.
      this.logger.warn({ err: error }, 'other managers not told what happened');
    }
  }

  private receive(payload: string): void {
    const parsed = Payload.safeParse(JSON.parse(payload));
    if (!parsed.success) {
      this.logger.warn({ err: parsed.error }, 'a notification of another manager is malformed');
      return;
    }
    if (parsed.data.from === this.id) return;
    for (const message of parsed.data.messages) this.liveBus.relay(message);
  }
}

function textOf(message: LiveMessage): string {
  const text = JSON.stringify(message);
  if (Buffer.byteLength(text) <= MESSAGE_BYTES) return text;
  const { topic, type, data } = message;
  const ids = Object.entries(data).filter(
    ([name, value]) => (name === 'id' || name.endsWith('_id')) && typeof value === 'string',
  );
  return JSON.stringify({ topic, type, data: { ...Object.fromEntries(ids), partial: true } });
}

function batchesOf(texts: readonly string[]): string[][] {
  const batches: string[][] = [];
  let size = Infinity;
  for (const text of texts) {
    size += Buffer.byteLength(text) + 1;
    if (size > PAYLOAD_BYTES) {
      batches.push([]);
      size = Buffer.byteLength(text) + 1;
    }
    batches.at(-1)?.push(text);
  }
  return batches;
}
