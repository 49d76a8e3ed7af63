import { AGENT_PATHS, AGENT_UNIT } from '@myx/protocol';
import { StepFailure } from '../operations/index.js';
import type { StepContext } from '../operations/index.js';
import { sha256Hex } from '../platform/crypto/index.js';
import { TransportError } from '../platform/transport/transport-error.js';
import {
  DESCRIBE_SERVICE,
  PRUNE_PROGRAM,
  REMOVE_SERVICE,
  SERVICE_STATE,
  START_SERVICE,
} from './host-scripts.js';
import type { InstallMemory, InstallStep } from './install-memory.js';
import type { InstallParts } from './install-parts.js';
import type { InstallSession } from './install-session.js';
import { parseServiceReport } from './rpc-diagnosis.js';
import { waitForRpc } from './rpc-wait.js';
import { digestsOf } from './steps-files.js';

/** Installs the unit, enables it and starts it, or starts it anew when something changed. */
export function serviceStep({ artefacts }: InstallParts): InstallStep {
  const { unit } = AGENT_PATHS;
  return {
    name: 'service',
    title: 'Start the service',
    check: async (context, session) => {
      if (context.memory.changed) return false;
      const digests = await digestsOf(context, session, [unit]);
      if (digests.get(unit) !== sha256Hex(await artefacts.unit())) return false;
      const state = await session.script(context, 'look_failed', SERVICE_STATE, [AGENT_UNIT]);
      return state.includes('enabled') && state.includes('active');
    },
    apply: async (context, session) => {
      await session.writeFile(context, unit, await artefacts.unit(), '644');
      try {
        await session.script(context, 'start_failed', START_SERVICE, [AGENT_UNIT]);
      } catch (error) {
        context.signal.throwIfAborted();
        const output = await session.script(context, 'look_failed', DESCRIBE_SERVICE, [AGENT_UNIT]);
        for (const line of parseServiceReport(output).journal) context.log(`journal: ${line}`);
        throw error;
      }
      context.memory.changed = false;
      context.log(`${AGENT_UNIT} is enabled and started`);
    },
    undo: async (context, session) => {
      const removed = await session.script(context, 'remove_failed', REMOVE_SERVICE, [
        AGENT_UNIT,
        unit,
      ]);
      for (const line of removed.split('\n').filter((text) => text !== '')) {
        context.log(`removed ${line}`);
      }
    },
    leftovers: () => [unit, `${AGENT_UNIT} (enabled or running)`],
  };
}

/** Waits for the agent's answer over the pinned connection. */
export function waitForRpcStep({ agents, servers, config }: InstallParts): InstallStep {
  const timeoutMs = config.install.rpc_timeout_seconds * 1000;
  return {
    name: 'wait_for_rpc',
    title: 'Wait for the agent to answer',
    timeoutMs: timeoutMs + 60_000,
    apply: async (context, session) => {
      const { host } = await servers.get(context.serverId);
      const identity = await agents.identityOf(context.serverId);
      if (!identity) throw new Error('the agent lost its identity during its installation');
      await waitForRpc(context, session, {
        client: () => agents.client(context.serverId),
        address: { host, port: identity.rpcPort },
        timeoutMs,
      });
      context.log('the agent answers, with the pinned certificate');
    },
  };
}

/** Stores what the agent tells of its machine, and removes program files that are not used any more. */
export function recordStep({ agents, servers }: InstallParts): InstallStep {
  return {
    name: 'record',
    title: 'Record what the agent tells of the server',
    apply: async (context, session) => {
      const client = await agents.client(context.serverId);
      const status = await client.call('get_status', {}, { signal: context.signal });
      const { server: facts, vitals, agent } = status;
      await context.transaction(async (manager) => {
        const { machine_id: machineId } = facts;
        await servers.recordFacts(manager, context.serverId, { machineId, facts });
        await servers.recordHeartbeat(manager, context.serverId, {
          vitals,
          agentVersion: agent.version,
          at: new Date(),
        });
      });
      context.log(`agent ${agent.version} on ${facts.os.pretty_name} (${facts.arch})`);
      await prune(context, session);
    },
  };
}

/** Old files take room but do no harm: an agent that answers is not failed for them. */
async function prune(context: StepContext<InstallMemory>, session: InstallSession): Promise<void> {
  try {
    const { program } = AGENT_PATHS;
    const pruned = await session.script(context, 'prune_failed', PRUNE_PROGRAM, [program]);
    for (const line of pruned.split('\n').filter((text) => text !== '')) {
      context.log(`removed ${line}, not used any more`);
    }
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof StepFailure) && !(error instanceof TransportError)) throw error;
    context.log(`old files were not removed: ${error.message}`, 'warning');
  }
}
