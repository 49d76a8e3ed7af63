import { AgentArch } from '@myx/protocol';
import { z } from 'zod';
import type { OperationStep } from '../operations/index.js';
import type { InstallSession } from './install-session.js';

/** What the steps of an installation hand on. Stored with the operation: no secrets. */
export const InstallMemory = z.object({
  arch: AgentArch.optional(),
  compressions: z.array(z.enum(['xz', 'gzip'])).optional(),
  /** TCP ports in use on the server before the installation. */
  listening: z.array(z.int()).optional(),
  /** Whether an agent of this server ran before the installation. */
  had_agent: z.boolean().optional(),
  /** Whether a step changed something that a running agent only sees after a restart. */
  changed: z.boolean().default(false),
  /** Set when a forced removal could not reach the server. */
  unreachable: z.boolean().optional(),
});
export type InstallMemory = z.infer<typeof InstallMemory>;

/** A step of an installation or removal. */
export type InstallStep = OperationStep<InstallMemory, InstallSession>;
