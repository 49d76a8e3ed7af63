import { z } from 'zod';
import { CAUSE_LAYERS, SERVER_CONNECTIONS, SERVER_STATUSES } from '../servers/index.js';
import { Figures } from './figures.js';
import { UPTIME_WINDOWS } from './uptime.js';

const Window = z.enum(Object.keys(UPTIME_WINDOWS) as (keyof typeof UPTIME_WINDOWS)[]);

/** Query of the board. */
export const BoardQuery = z.strictObject({
  uptime: Window.optional().meta({ description: 'Adds the uptime over this window' }),
});
export type BoardQuery = z.infer<typeof BoardQuery>;

/** Query of a server's uptime. */
export const UptimeQuery = z.strictObject({ window: Window.default('24h') });
export type UptimeQuery = z.infer<typeof UptimeQuery>;

/** Path parameters of a server. */
export const ServerParams = z.strictObject({ id: z.uuid() });
export type ServerParams = z.infer<typeof ServerParams>;

/** One server on the board. */
export const BoardServer = z
  .object({
    id: z.uuid(),
    name: z.string(),
    host: z.string(),
    connection: z.enum(SERVER_CONNECTIONS).meta({
      description: 'How it is reached for installation and repair; `registered`: not at all',
    }),
    labels: z.record(z.string(), z.string()),
    status: z.enum(SERVER_STATUSES),
    status_cause: z
      .object({ layer: z.enum(CAUSE_LAYERS), code: z.string(), message: z.string() })
      .nullable(),
    status_since: z.string(),
    agent_version: z.string().nullable(),
    os: z.string().nullable(),
    last_heartbeat_at: z.string().nullable(),
    latency_ms: z.number().nullable(),
    clock_skew_ms: z.number().nullable(),
    figures: Figures.nullable(),
    uptime_percent: z.number().nullable().optional(),
    uptime_spans: z.string().optional().meta({
      description:
        'The window in equal spans, oldest first, one letter each: u up, g degraded, d down, - neither',
    }),
  })
  .meta({ id: 'BoardServer' });
export type BoardServer = z.infer<typeof BoardServer>;

/** Everything the health board shows. */
export const Board = z
  .object({
    at: z.iso.datetime(),
    manager_network: z.object({
      lost_since: z.iso.datetime().nullable().meta({
        description: 'Set while this manager reaches no server: statuses are then of that moment',
      }),
    }),
    managers: z
      .array(
        z.object({
          id: z.uuid(),
          started_at: z.iso.datetime(),
          network_lost_since: z.iso.datetime().nullable(),
        }),
      )
      .meta({ description: 'Managers at work on this database, oldest first' }),
    counts: z.record(z.enum(SERVER_STATUSES), z.int()),
    servers: z.array(BoardServer),
  })
  .meta({ id: 'Board' });
export type Board = z.infer<typeof Board>;

/** Figures of a server at one moment. */
const VitalsSample = Figures.pick({
  cpu_percent: true,
  memory_used_percent: true,
  load_1: true,
  network_received_bytes: true,
  network_sent_bytes: true,
})
  .extend({ at: z.iso.datetime() })
  .meta({ id: 'VitalsSample' });
export type VitalsSample = z.infer<typeof VitalsSample>;

/** What a server's figures were lately. */
export const VitalsHistory = z
  .object({
    at: z.iso.datetime().meta({ description: 'Now, by the manager’s clock' }),
    samples: z.array(VitalsSample).meta({
      description:
        'Of the last hour, oldest first; at least 15 seconds apart, and none while the server did not answer. Bytes are counted since the server started',
    }),
  })
  .meta({ id: 'VitalsHistory' });
export type VitalsHistory = z.infer<typeof VitalsHistory>;

/** A server's uptime over a window. */
export const UptimeReport = z
  .object({
    window: Window,
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    up_seconds: z.int(),
    down_seconds: z.int(),
    percent: z
      .number()
      .nullable()
      .meta({ description: 'Null when the server was neither up nor down in the window' }),
    spans: z.string().meta({
      description:
        'The window in equal spans, oldest first, one letter each: u up, g degraded, d down, - neither',
    }),
  })
  .meta({ id: 'Uptime' });
export type UptimeReport = z.infer<typeof UptimeReport>;
