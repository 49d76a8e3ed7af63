import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { LiveBus } from '../platform/live/index.js';
import type { LiveMessage } from '../platform/live/index.js';
import { describeCommand } from './command-description.js';
import type { Command } from './command.js';
import { CommandsRepository } from './commands.repository.js';
import type { OutputPiece } from './output.repository.js';
import { RecentOutput } from './recent-output.js';

/** Output up to this size travels inside the message; of more only the position is told. */
const INLINE_BYTES = 8 * 1024;

const PREFIX = 'commands:';

/** Tells followers what happens to commands, and lets requests wait for it without asking again and again. */
@Injectable()
export class CommandNews implements OnModuleInit, OnModuleDestroy {
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly liveBus: LiveBus,
    private readonly commands: CommandsRepository,
    private readonly recent: RecentOutput,
  ) {}

  onModuleInit(): void {
    // Messages of other managers arrive here, too.
    this.stops.push(
      this.liveBus.subscribe((message) => {
        this.heard(message);
      }),
      this.liveBus.onMissed(() => {
        for (const commandId of this.changes.eventNames()) this.changes.emit(commandId);
      }),
    );
  }

  onModuleDestroy(): void {
    for (const stop of this.stops.splice(0)) stop();
  }

  /** A command changed in the database. */
  changed(command: Command): void {
    const data = { ...describeCommand(command) };
    for (const topic of ['commands', `${PREFIX}${command.id}`]) {
      this.liveBus.publish({ topic, type: 'command_changed', data });
    }
  }

  /** Output of a command was stored. */
  output(commandId: string, pieces: readonly OutputPiece[]): void {
    this.recent.add(commandId, pieces);
    for (const { stream, offset, bytes } of pieces) {
      const place = { command_id: commandId, stream, offset, size: bytes.length };
      const data =
        bytes.length <= INLINE_BYTES ? { ...place, data: bytes.toString('base64') } : place;
      this.liveBus.publish({ topic: `${PREFIX}${commandId}`, type: 'command_output', data });
    }
  }

  /** Resolves at the next news of a command, or when `signal` fires. Never rejects. */
  next(commandId: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.changes.off(commandId, done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.changes.on(commandId, done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }

  /**
   * The command once `isReached` holds, or as it is when `signal` fires first; undefined when it is gone.
   * Looks once at the start, and again after each news.
   */
  async until(
    commandId: string,
    isReached: (command: Command) => boolean,
    signal: AbortSignal,
  ): Promise<Command | undefined> {
    for (;;) {
      // Listening before looking, so that nothing is missed in between.
      const stopListening = new AbortController();
      const news = this.next(commandId, AbortSignal.any([signal, stopListening.signal]));
      try {
        const command = await this.commands.find(commandId);
        if (!command || isReached(command) || signal.aborted) return command;
        await news;
      } finally {
        stopListening.abort();
      }
    }
  }

  private heard({ topic }: LiveMessage): void {
    if (topic.startsWith(PREFIX)) this.changes.emit(topic.slice(PREFIX.length));
  }
}
