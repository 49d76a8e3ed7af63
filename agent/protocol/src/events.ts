import { z } from 'zod';
import { CommandOutcome } from './command-state.js';
import { Vitals } from './heartbeat.js';
import { ByteCount, CommandId, Instant } from './primitives.js';

const base = { seq: z.int().min(1), at: Instant };

/**
 * Facts an agent announces on `GET /{rpc_path}/events?after=SEQ`, a stream of server-sent events
 * (HTML Living Standard, 9.2) that the manager opens. Each event is one `id: SEQ`, one `event: TYPE`
 * and one `data: JSON` line. `seq` grows by one per event while the agent's state directory lives; a
 * reader that asks for an older `after` than the agent still holds gets `events_lost` first and must
 * fall back to polling what it follows.
 */
export const AgentEvent = z.discriminatedUnion('type', [
  z.object({ ...base, type: z.literal('agent_started'), data: z.object({ version: z.string() }) }),
  z.object({
    ...base,
    type: z.literal('command_started'),
    data: z.object({ command_id: CommandId }),
  }),
  z.object({
    ...base,
    type: z.literal('command_finished'),
    data: z.object({ command_id: CommandId, outcome: CommandOutcome }),
  }),
  z.object({
    ...base,
    /** A running command has neither written nor used CPU for `idle_seconds`. */
    type: z.literal('stall_detected'),
    data: z.object({ command_id: CommandId, idle_seconds: z.int().min(1) }),
  }),
  z.object({ ...base, type: z.literal('metrics_changed'), data: z.object({ vitals: Vitals }) }),
  z.object({
    ...base,
    /** Events `from` to `to` (inclusive) are no longer held. */
    type: z.literal('events_lost'),
    data: z.object({ from: ByteCount, to: ByteCount }),
  }),
]);
export type AgentEvent = z.infer<typeof AgentEvent>;

/** Query of the event stream. */
export const EventsQuery = z.strictObject({ after: z.coerce.number().int().min(0) });
