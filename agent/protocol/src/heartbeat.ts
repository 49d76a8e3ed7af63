import { z } from 'zod';
import { defineMethod } from './method.js';
import { ByteCount, Instant } from './primitives.js';

/** Size and free space of the file system that holds `path`, bytes. */
export const DiskUsage = z.object({
  path: z.string(),
  total_bytes: ByteCount,
  available_bytes: ByteCount,
});

/** The figures every heartbeat carries. A figure the kernel does not tell is null, never invented. */
export const Vitals = z.object({
  /** Seconds since the server booted. */
  uptime_seconds: z.number().min(0),
  /** /proc/sys/kernel/random/boot_id: changes with every boot. */
  boot_id: z.string(),
  /** Load averages over 1, 5 and 15 minutes. */
  load: z.tuple([z.number(), z.number(), z.number()]),
  /** CPU use of the whole server since the previous sample, 0-100; null until there are two samples. */
  cpu_percent: z.number().min(0).max(100).nullable(),
  memory: z.object({ total_bytes: ByteCount, available_bytes: ByteCount }),
  swap: z.object({ total_bytes: ByteCount, free_bytes: ByteCount }),
  /** The root file system and, when it is another one, the agent's state directory. */
  disks: z.array(DiskUsage),
  /** Bytes since boot over all interfaces but loopback. */
  network: z.object({ received_bytes: ByteCount, sent_bytes: ByteCount }),
});
export type Vitals = z.infer<typeof Vitals>;

/** The agent's own process. */
export const AgentProcess = z.object({
  version: z.string(),
  protocol_version: z.int(),
  pid: z.int(),
  started_at: Instant,
  rss_bytes: ByteCount,
  /** Random id of the state directory: changes when the spool was wiped. */
  state_epoch: z.string(),
});

/** The manager's periodic question: alive, and how is the server? */
export const heartbeat = defineMethod('heartbeat', {
  params: z.strictObject({ sent_at: Instant }),
  result: z.object({
    /** The agent's clock on receipt: tells the clock skew. */
    received_at: Instant,
    agent: AgentProcess,
    vitals: Vitals,
    commands: z.object({ running: z.int().min(0), spooled: z.int().min(0) }),
    /** Sequence number of the newest event, 0 when there was none. */
    last_event_seq: z.int().min(0),
  }),
});

/** What a heartbeat answers. */
export type HeartbeatResult = z.infer<typeof heartbeat.result>;
