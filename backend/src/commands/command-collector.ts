import type { CommandLog } from '@myx/protocol';
import { LIMITS } from '@myx/protocol';
import { AGENT_CERTIFICATE_UNKNOWN } from '../agents/index.js';
import { AgentCallError } from '../platform/agent-client/index.js';
import { AppError } from '../platform/errors/index.js';
import type { StatusCause } from '../servers/index.js';
import type { CommandHolder } from './command-holder.js';
import { appendOf, InconsistentOutput } from './command-log.js';
import { outputLimit } from './command-request.js';
import { storedOffsets } from './command.js';
import type { OwnVerdict } from './execution.repository.js';
import type { Append, Offsets } from './output.repository.js';
import type { PreviousAnswer, ReadSize } from './read-sizes.js';

/** Output beyond its limit that is tolerated before the middle is dropped again, bytes. */
const SLACK_BYTES = 4 * 1024 * 1024;

/** The output or result of a command can never be had any more. */
class OutputLost extends Error {
  override readonly name = 'OutputLost';
}

const GONE: Readonly<Record<string, string>> = {
  command_not_found: 'The agent has lost its state: how the command ended is unknown.',
  command_forgotten: 'The agent has forgotten the command: how it ended is unknown.',
};

/**
 * Fetches a running command's output and result from its agent into the database, from the stored offset
 * on, until both are complete. While one answer is stored, the next is already asked for. A silent agent
 * is asked until it answers, however long that takes.
 */
export class CommandCollector {
  private kept: Offsets | undefined;

  constructor(
    private readonly holder: CommandHolder,
    /** What has to be stored before any output is. */
    private readonly before: Promise<void> = Promise.resolve(),
  ) {}

  /** Collects to the end. */
  async perform(): Promise<void> {
    try {
      await this.collect();
    } catch (error) {
      const verdict = verdictOf(error);
      if (!verdict) throw error;
      await this.holder.conclude(verdict);
    }
  }

  private async collect(): Promise<void> {
    let offsets: Offsets = storedOffsets(this.holder.command);
    let storing = this.before;
    let previous: PreviousAnswer = 'none';
    for (;;) {
      const asked = offsets;
      const append = await this.holder.tools.readSizes.ask(previous, async (size) => {
        const log = await this.ask(asked, size);
        // Two answers of a command are in memory at most: one being stored, and this one.
        await storing;
        const next = appendOf(log, asked);
        previous = sizeOf(next) >= size.maxBytes / 2 ? 'full' : 'partial';
        return next;
      });
      offsets = append.to;
      storing = this.store(append);
      // Whoever awaits it next sees the failure; meanwhile it must not count as unhandled.
      storing.catch(() => undefined);
      if (append.result) break;
    }
    await storing;
  }

  private async ask(offsets: Offsets, size: ReadSize): Promise<CommandLog> {
    const { command } = this.holder;
    for (;;) {
      try {
        const log = await this.holder.call('get_command_log', {
          command_id: command.id,
          offsets: { ...offsets },
          max_bytes: size.maxBytes,
          wait_ms: size.waitMs,
        });
        // A cancel that could not be delivered is delivered now.
        if (await this.holder.reachable()) void this.holder.cancel();
        return log;
      } catch (error) {
        await this.holder.unreachable(this.causeOfSilence(error));
      }
    }
  }

  /** Why the agent is silent for now. @throws the error when it says more than that */
  private causeOfSilence(error: unknown): StatusCause {
    if (error instanceof AppError && error.definition === AGENT_CERTIFICATE_UNKNOWN) {
      // It is being installed anew, which keeps what runs.
      return { layer: 'agent', code: error.definition.name, message: error.message };
    }
    if (!(error instanceof AgentCallError)) throw error;
    const gone = error.rpcError === undefined ? undefined : GONE[error.rpcError];
    if (gone !== undefined) throw new OutputLost(gone);
    return error;
  }

  private async store(append: Append): Promise<void> {
    const isEmpty = append.pieces.length === 0 && append.gaps.length === 0;
    if (isEmpty && !append.result) return;
    const { tools, lease, command } = this.holder;
    const stored = this.holder.stored(await tools.output.append(lease, append));
    tools.news.output(command.id, append.pieces);
    if (append.result) tools.news.changed(stored);
    else await this.trim(append);
  }

  /** Keeps each stream within its limit: its head, and its tail as far as the rest allows. */
  private async trim(append: Append): Promise<void> {
    const { tools, lease, command } = this.holder;
    const kept = { ...(this.kept ?? (await tools.output.kept(command.id))) };
    if (this.kept) {
      for (const { stream, bytes } of append.pieces) kept[stream] += bytes.length;
    }
    const limit = outputLimit(tools.config.commands.output_limit_bytes);
    for (const stream of ['stdout', 'stderr'] as const) {
      if (kept[stream] <= limit + SLACK_BYTES) continue;
      const tail = append.to[stream] - (limit - LIMITS.streamHeadBytes);
      const dropped = await tools.output.drop(lease, stream, LIMITS.streamHeadBytes, tail);
      if (dropped !== undefined) kept[stream] -= dropped;
    }
    this.kept = kept;
  }
}

function sizeOf({ pieces }: Append): number {
  return pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function verdictOf(error: unknown): OwnVerdict | undefined {
  if (error instanceof OutputLost) return { outcome: 'lost', reason: error.message };
  if (error instanceof InconsistentOutput) {
    return {
      outcome: 'lost',
      reason: `The agent’s output does not fit together: ${error.message}.`,
    };
  }
  if (error instanceof AppError) {
    return { outcome: 'lost', reason: `The agent is gone: ${error.message}` };
  }
  return undefined;
}
