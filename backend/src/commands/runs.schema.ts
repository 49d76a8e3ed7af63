import { CommandOutcome } from '@myx/protocol';
import { z } from 'zod';
import { pageFields, pageOf } from '../platform/http/index.js';
import { COMMAND_STATUSES } from './command.js';
import { ShownRequest } from './commands.schema.js';

/** Query of the list of runs. */
export const RunsQuery = z.strictObject(pageFields);
export type RunsQuery = z.infer<typeof RunsQuery>;

/** The same command on many servers. */
export const RunDescription = z
  .object({
    id: z.uuid(),
    actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    request: ShownRequest,
    script: z.string().nullable().optional().meta({ description: 'Not in lists' }),
    selector: z.object({
      server_ids: z.array(z.string()).optional(),
      labels: z.record(z.string(), z.string()).optional(),
    }),
    created_at: z.iso.datetime(),
    finished: z.boolean(),
    commands: z.int().meta({ description: 'Servers it was started for' }),
    by_status: z.partialRecord(z.enum(COMMAND_STATUSES), z.int()),
    by_outcome: z.partialRecord(CommandOutcome, z.int()),
  })
  .meta({ id: 'Run' });
export type RunDescription = z.infer<typeof RunDescription>;

/** A page of runs. */
export const RunPage = pageOf(RunDescription).meta({ id: 'RunPage' });
export type RunPage = z.infer<typeof RunPage>;

/** What cancelling a run came to. */
export const RunCancelReport = z
  .object({
    run: RunDescription,
    cancelled: z.int().meta({ description: 'Commands that a cancel was asked for' }),
  })
  .meta({ id: 'RunCancelReport' });
export type RunCancelReport = z.infer<typeof RunCancelReport>;
