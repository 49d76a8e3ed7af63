import { z } from 'zod';
import { CommandState } from './command-state.js';
import { AgentProcess, DiskUsage, Vitals } from './heartbeat.js';
import { defineMethod } from './method.js';

/** One network interface with its addresses in CIDR notation. */
export const NetworkInterface = z.object({
  name: z.string(),
  mac: z.string().nullable(),
  addresses: z.array(z.string()),
});

/** Everything the agent knows of itself and of the server it runs on. */
export const getStatus = defineMethod('get_status', {
  params: z.strictObject({}),
  result: z.object({
    agent: AgentProcess,
    capabilities: z.array(z.string()),
    runtime: z.object({ name: z.string(), version: z.string() }),
    server: z.object({
      hostname: z.string(),
      /** /etc/machine-id: one per installed system. */
      machine_id: z.string(),
      os: z.object({
        /** `ID`, `VERSION_ID` and `PRETTY_NAME` of os-release(5). */
        id: z.string(),
        version_id: z.string().nullable(),
        pretty_name: z.string(),
      }),
      kernel: z.string(),
      /** `x64` or `arm64`. */
      arch: z.string(),
      init_system: z.string(),
      virtualization: z.string().nullable(),
      cpu: z.object({ model: z.string().nullable(), cores: z.int().min(1) }),
      timezone: z.string().nullable(),
      disks: z.array(DiskUsage.extend({ device: z.string(), filesystem: z.string() })),
      interfaces: z.array(NetworkInterface),
    }),
    vitals: Vitals,
    running_commands: z.array(CommandState),
    last_event_seq: z.int().min(0),
  }),
});

/** What `get_status` answers. */
export type StatusResult = z.infer<typeof getStatus.result>;
