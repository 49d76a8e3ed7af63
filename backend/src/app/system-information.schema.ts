import { z } from 'zod';

/** What this manager is, how its parts are, and what they take. */
export const SystemInformation = z
  .object({
    version: z.string(),
    node_version: z.string(),
    platform: z.string().meta({ description: 'Operating system and architecture' }),
    started_at: z.iso.datetime().meta({ description: 'Start of the manager that answers' }),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean() })),
    database: z.object({
      kind: z.enum(['embedded', 'external']),
      version: z.string(),
      size_bytes: z.int(),
      command_output_bytes: z.int().meta({ description: 'Of it, kept output of commands' }),
    }),
    queue: z.object({ backend: z.enum(['postgresql', 'redis']) }),
    data_directory: z.object({
      path: z.string(),
      used_bytes: z.int(),
      free_bytes: z.int().meta({ description: 'Left on its file system' }),
      total_bytes: z.int(),
    }),
    retention: z.object({
      commands_days: z.int().meta({ description: 'Finished commands and their output' }),
    }),
    counts: z.object({
      servers: z.int(),
      users: z.int(),
      commands: z.int(),
      operations: z.int(),
      audit_events: z.int(),
    }),
  })
  .meta({ id: 'SystemInformation' });
export type SystemInformation = z.infer<typeof SystemInformation>;
