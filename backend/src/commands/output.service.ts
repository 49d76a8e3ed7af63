import { Injectable } from '@nestjs/common';
import type { LogType } from '@myx/protocol';
import { AppError } from '../platform/errors/index.js';
import { CommandNews } from './command-news.js';
import type { Command, Gap } from './command.js';
import { COMMAND_NOT_FOUND, OUTPUT_OUT_OF_RANGE } from './commands.errors.js';
import { CommandsRepository } from './commands.repository.js';
import { OutputRepository } from './output.repository.js';
import { RecentOutput } from './recent-output.js';

/** Rows read at once: 1 MiB at most. */
const PAGE_ROWS = 4;

/** A part of a stream, or all that is to come. */
export interface OutputRange {
  readonly stream: LogType;
  readonly offset: number;
  /** End, exclusive; Infinity: until the command has ended. */
  readonly end: number;
}

/** What is known of a stream before it is read. */
export interface StreamState {
  /** What is stored so far, gaps included. */
  readonly size: number;
  /** The command has ended: `size` is the whole stream. */
  readonly isFinal: boolean;
  readonly gaps: readonly Gap[];
}

/** Reads stored output, and follows what is being stored. */
@Injectable()
export class OutputService {
  constructor(
    private readonly commands: CommandsRepository,
    private readonly output: OutputRepository,
    private readonly news: CommandNews,
    private readonly recent: RecentOutput,
  ) {}

  /** @throws AppError command_not_found; output_out_of_range when `offset` lies behind what is stored */
  async state(commandId: string, stream: LogType, offset: number): Promise<StreamState> {
    const command = await this.find(commandId);
    const size = sizeOf(command, stream);
    if (offset > size) {
      throw new AppError(
        OUTPUT_OUT_OF_RANGE,
        `The stream has ${size} bytes so far; ask from there or earlier.`,
        { stream_size: size },
      );
    }
    return {
      size,
      isFinal: command.status === 'finished',
      gaps: command.gaps.filter((gap) => gap.stream === stream),
    };
  }

  /**
   * The bytes of a range, in order, gaps skipped. Reads the next page only when the last one was taken.
   * Ends early when `signal` fires. Returns the offset it got to.
   */
  async *read(
    commandId: string,
    range: OutputRange,
    signal: AbortSignal,
  ): AsyncGenerator<Buffer, number> {
    const { stream, end } = range;
    let position = range.offset;
    while (position < end && !signal.aborted) {
      const fresh = this.recent.at(commandId, stream, position)?.subarray(0, end - position);
      if (fresh) {
        yield fresh;
        position += fresh.length;
        continue;
      }
      const rows = await this.output.read(commandId, stream, position, PAGE_ROWS);
      let isProgress = false;
      for (const row of rows) {
        const rowEnd = row.offset + row.bytes.length;
        if (rowEnd <= position || row.offset >= end) continue;
        const from = Math.max(position, row.offset);
        const to = Math.min(rowEnd, end);
        yield row.bytes.subarray(from - row.offset, to - row.offset);
        position = to;
        isProgress = true;
      }
      if (isProgress) continue;
      if (end !== Infinity) return end;
      const grown = await this.untilGrown(commandId, stream, position, signal);
      if (!grown) return position;
      // The news may be a gap at the end of the stream, which has no bytes to read.
      position = Math.max(position, grown.gapEnd);
    }
    return position;
  }

  /** Waits for bytes behind `position`; undefined when there will be none. */
  private async untilGrown(
    commandId: string,
    stream: LogType,
    position: number,
    signal: AbortSignal,
  ): Promise<{ gapEnd: number } | undefined> {
    const hasMore = (command: Command): boolean => sizeOf(command, stream) > position;
    const command = await this.news.until(
      commandId,
      (each) => hasMore(each) || each.status === 'finished',
      signal,
    );
    if (!command || !hasMore(command)) return undefined;
    const gap = command.gaps.find(
      (each) => each.stream === stream && each.from <= position && each.to > position,
    );
    return { gapEnd: gap?.to ?? position };
  }

  private async find(id: string): Promise<Command> {
    const command = await this.commands.find(id);
    if (command) return command;
    throw new AppError(COMMAND_NOT_FOUND, `There is no command with the id ${id}.`);
  }
}

function sizeOf(command: Command, stream: LogType): number {
  return stream === 'stdout' ? command.stdoutBytes : command.stderrBytes;
}
