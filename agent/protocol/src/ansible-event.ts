import { z } from 'zod';
import { Instant } from './primitives.js';

/** Longest text in an event, bytes of UTF-8; longer ones are cut. */
export const ANSIBLE_TEXT_BYTES = 8 * 1024;

/** Longest diff in an event, bytes of UTF-8; longer ones are cut. */
export const ANSIBLE_DIFF_BYTES = 64 * 1024;

/** What stands in the place of every secret value. */
export const ANSIBLE_MASK = '••••';

/** How one task ended on one host. */
export const AnsibleTaskStatus = z.enum(['ok', 'changed', 'failed', 'skipped', 'unreachable']);
export type AnsibleTaskStatus = z.infer<typeof AnsibleTaskStatus>;

/** The counts of one host at the end of a playbook. */
export const AnsibleRecapHost = z.object({
  host: z.string(),
  ok: z.int().min(0),
  changed: z.int().min(0),
  failed: z.int().min(0),
  unreachable: z.int().min(0),
  skipped: z.int().min(0),
  rescued: z.int().min(0),
  ignored: z.int().min(0),
});
export type AnsibleRecapHost = z.infer<typeof AnsibleRecapHost>;

const task = {
  /** Stays the same from a task's start to its last result. */
  task_id: z.string(),
  task: z.string(),
  role: z.string().nullable(),
  play: z.string(),
  /** Module, such as `ansible.builtin.copy`. */
  action: z.string(),
};

const at = { at: Instant };

/**
 * One record on the standard output of `execute_ansible`. The stream is a JSON text sequence (RFC 7464):
 * each record is the byte 0x1e, one of these as JSON, and a line feed. Anything between records is text
 * that Ansible wrote before it could tell events.
 */
export const AnsibleEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('playbook_started'), ...at, playbook: z.string() }),
  z.object({ event: z.literal('play_started'), ...at, play: z.string() }),
  z.object({ event: z.literal('task_started'), ...at, ...task }),
  z.object({
    event: z.literal('task_result'),
    ...at,
    ...task,
    host: z.string(),
    /** Label of a loop's item; null for the task as a whole. */
    item: z.string().nullable(),
    status: AnsibleTaskStatus,
    /** Failed or unreachable, but the play goes on as if it were not. */
    ignored: z.boolean(),
    duration_ms: z.int().min(0),
    /** For people; null when there is nothing to tell, and for tasks with `no_log`. */
    message: z.string().nullable(),
    /** What changed, or would change, as unified diffs; only when differences were asked for. */
    diff: z.string().nullable(),
  }),
  z.object({ event: z.literal('recap'), ...at, hosts: z.array(AnsibleRecapHost) }),
  z.object({
    event: z.literal('message'),
    ...at,
    level: z.enum(['info', 'warning', 'error']),
    text: z.string(),
  }),
]);
export type AnsibleEvent = z.infer<typeof AnsibleEvent>;
