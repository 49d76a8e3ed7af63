import { z } from 'zod';
import { IDENTITY_ORIGINS } from './agent.entity.js';

/** Path parameters of a server's agent. */
export const AgentParams = z.strictObject({ id: z.uuid() });
export type AgentParams = z.infer<typeof AgentParams>;

/** What may be shown of an agent: neither path, token nor key. */
export const AgentDescription = z
  .object({
    server_id: z.uuid(),
    origin: z.enum(IDENTITY_ORIGINS).meta({
      description: '`adopted`: registered with the identity it had; `assigned`: by this manager',
    }),
    rpc_port: z.int(),
    certificate_fingerprint: z
      .string()
      .nullable()
      .meta({ description: 'SHA-256 of the pinned certificate, lower-case hex' }),
    version: z.string().nullable().meta({ description: 'As of the last heartbeat' }),
    last_heartbeat_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Agent' });
export type AgentDescription = z.infer<typeof AgentDescription>;
