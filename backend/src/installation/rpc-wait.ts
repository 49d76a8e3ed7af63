import { setTimeout as pause } from 'node:timers/promises';
import { AGENT_UNIT } from '@myx/protocol';
import type { StepContext } from '../operations/index.js';
import { AgentCallError } from '../platform/agent-client/index.js';
import type { AgentClient } from '../platform/agent-client/index.js';
import { DESCRIBE_SERVICE } from './host-scripts.js';
import type { InstallMemory } from './install-memory.js';
import type { InstallSession } from './install-session.js';
import { diagnose, isCrashing, parseServiceReport } from './rpc-diagnosis.js';
import type { AgentAddress, ServiceReport } from './rpc-diagnosis.js';

type Context = StepContext<InstallMemory>;

/** Pauses between attempts grow from the first to the last, milliseconds. */
const PAUSE_MS = { first: 50, last: 3000, factor: 1.6 } as const;
/** A line of progress is logged this often, milliseconds. */
const TELL_EVERY_MS = 10_000;
/** Longer than name lookup, TCP and TLS may take, so that the layer that hangs is the one named. */
const ATTEMPT_MS = 12_000;
/** A refusal that waiting does not mend is believed after this long, milliseconds. */
const BELIEVE_AFTER_MS = 6000;

/** Where the agent is and how long it may take. */
export interface WaitOptions {
  /** Asked before every attempt: the manager gives a connection up when the server gets another address. */
  readonly client: () => Promise<AgentClient>;
  readonly address: AgentAddress;
  readonly timeoutMs: number;
}

/**
 * Waits until the agent answers over its pinned connection.
 *
 * @throws StepFailure naming the layer that fails when the time is over, or earlier when waiting is
 *   pointless: the service crashes, or somebody answers who is not this agent.
 */
export async function waitForRpc(
  context: Context,
  session: InstallSession,
  { client, address, timeoutMs }: WaitOptions,
): Promise<void> {
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  let toldAt = 0;
  for (
    let wait: number = PAUSE_MS.first;
    ;
    wait = Math.min(wait * PAUSE_MS.factor, PAUSE_MS.last)
  ) {
    const error = await failureOf(client, context.signal);
    if (!error) return;
    const isTold = elapsed() - toldAt >= TELL_EVERY_MS;
    const isOver = elapsed() >= timeoutMs || (!error.retryable && elapsed() >= BELIEVE_AFTER_MS);
    if (isOver || isTold) {
      const report = await askServer(context, session, error);
      if (isOver || (report && isCrashing(report))) {
        for (const line of report?.journal ?? []) context.log(`journal: ${line}`);
        throw diagnose(error, report, address);
      }
      toldAt = elapsed();
      const seconds = Math.round(toldAt / 1000);
      context.log(`no answer after ${String(seconds)} s (${error.layer}): ${error.message}`);
    }
    context.progress({ done: elapsed() / 1000, total: timeoutMs / 1000, unit: 'seconds' });
    await pause(wait, undefined, { signal: context.signal });
  }
}

async function failureOf(
  client: WaitOptions['client'],
  signal: AbortSignal,
): Promise<AgentCallError | null> {
  try {
    await (await client()).call('health_check', {}, { signal, retries: 0, timeoutMs: ATTEMPT_MS });
    return null;
  } catch (error) {
    if (error instanceof AgentCallError) return error;
    throw error;
  }
}

/** Asks over SSH only where that says more than the failure itself. */
async function askServer(
  context: Context,
  session: InstallSession,
  error: AgentCallError,
): Promise<ServiceReport | null> {
  if (error.layer !== 'tcp') return null;
  try {
    const output = await session.script(context, 'look_failed', DESCRIBE_SERVICE, [AGENT_UNIT]);
    return parseServiceReport(output);
  } catch (failure) {
    context.signal.throwIfAborted();
    const reason = failure instanceof Error ? failure.message : 'unknown reason';
    context.log(`the server could not be asked about its service: ${reason}`, 'warning');
    return null;
  }
}
