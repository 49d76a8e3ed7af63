import { AGENT_PATHS, AgentConfig } from '@myx/protocol';
import type { EntityManager } from 'typeorm';
import type { AgentIdentity } from '../agents/index.js';
import { StepFailure } from '../operations/index.js';
import type { StepContext } from '../operations/index.js';
import { sha256Hex } from '../platform/crypto/index.js';
import type { InstallMemory, InstallStep } from './install-memory.js';
import type { InstallParts } from './install-parts.js';
import type { InstallSession } from './install-session.js';
import { judgeHost, parseFindings } from './preflight.js';
import type { HostFindings } from './preflight.js';
import { PREFLIGHT_SCRIPT } from './preflight-script.js';

type Context = StepContext<InstallMemory>;

/** Tries for a port that nobody uses on the server. */
const PORT_TRIES = 50;

/** Connects and logs in, and shows whose key was accepted. */
export function connectStep(): InstallStep {
  return {
    name: 'connect',
    title: 'Connect to the server',
    always: true,
    timeoutMs: 60_000,
    apply: async (context, session) => {
      const { transport, hostKey } = await session.host(context);
      context.log(`connected: ${transport.describe()}`);
      if (hostKey) context.log(`host key ${hostKey.algorithm} ${hostKey.fingerprint}`);
    },
  };
}

/** How strictly a host is looked at before an installation. */
export interface PreflightOptions {
  /** Refuse a host on which another manager's agent lives. */
  readonly refuseForeign: boolean;
}

/** Looks whether an agent can live on the server. Changes nothing there. */
export function preflightStep(parts: InstallParts, options: PreflightOptions): InstallStep {
  return {
    name: 'preflight',
    title: 'Check the server',
    always: true,
    timeoutMs: 60_000,
    apply: async (context, session) => {
      const { unit, config, program } = AGENT_PATHS;
      const output = await session.script(context, 'preflight_failed', PREFLIGHT_SCRIPT, [
        unit,
        config,
        program,
      ]);
      const findings = parseFindings(output);
      tell(context, findings);
      const { arch, compressions, warnings } = judgeHost(findings, Date.now() / 1000);
      for (const warning of warnings) context.log(warning, 'warning');
      await refuseKnownMachine(parts, context, findings);
      if (findings.agent.hasConfiguration) {
        await lookAtExistingAgent(parts, context, session, options);
      }
      await parts.artefacts.release(arch, compressions[0] ?? 'gzip');
      context.memory.arch = arch;
      context.memory.compressions = [...compressions];
      context.memory.listening = [...findings.listeningPorts].slice(0, 5000);
      context.memory.had_agent = findings.agent.isActive;
    },
  };
}

/** Gives the agent its token, key, path and port, or keeps those it has. */
export function identityStep(parts: InstallParts): InstallStep {
  const { agents } = parts;
  const isTaken = ({ memory }: Context, { rpcPort }: AgentIdentity): boolean =>
    memory.had_agent !== true && memory.listening?.includes(rpcPort) === true;
  return {
    name: 'assign_identity',
    title: 'Assign port, path and secrets',
    check: async (context) => {
      const identity = await agents.identityOf(context.serverId);
      return identity !== null && !isTaken(context, identity);
    },
    apply: async (context) => {
      const identity = await context.transaction((manager) =>
        freeIdentity(parts, manager, context, isTaken),
      );
      context.log(`the agent will listen on port ${String(identity.rpcPort)}`);
      context.memory.changed = true;
    },
    undo: (context) => context.transaction((manager) => agents.remove(manager, context.serverId)),
  };
}

/**
 * Replaces the identity by another one. The server is never without: commands that run there would count
 * as lost.
 */
export function newIdentityStep({ agents, servers }: InstallParts): InstallStep {
  return {
    name: 'withdraw_identity',
    title: 'Withdraw the old port, path and secrets',
    apply: async (context) => {
      await context.transaction(async (manager) => {
        await agents.remove(manager, context.serverId);
        // Its port may be chosen freely again: the new agent has never answered.
        await servers.update(manager, context.serverId, { lastHeartbeatAt: null });
        await agents.assignIdentity(manager, context.serverId);
      });
      context.memory.had_agent = false;
      context.memory.changed = true;
    },
  };
}

async function freeIdentity(
  { agents }: InstallParts,
  manager: EntityManager,
  context: Context,
  isTaken: (context: Context, identity: AgentIdentity) => boolean,
): Promise<AgentIdentity> {
  let identity = await agents.assignIdentity(manager, context.serverId);
  for (let tries = 0; isTaken(context, identity); tries += 1) {
    context.log(`port ${String(identity.rpcPort)} is in use on the server`, 'warning');
    if (tries === PORT_TRIES) {
      throw new StepFailure(
        'installation',
        'no_free_port',
        `None of ${String(PORT_TRIES)} ports tried is free on the server.`,
      );
    }
    identity = await agents.changePort(manager, context.serverId);
  }
  return identity;
}

function tell(context: Context, findings: HostFindings): void {
  const { osName, kernel, machine, libc, systemdVersion } = findings;
  const systemd = systemdVersion === null ? 'no systemd' : `systemd ${String(systemdVersion)}`;
  context.log([osName, kernel, machine, libc, systemd].filter((part) => part !== '').join(', '));
}

async function refuseKnownMachine(
  { servers }: InstallParts,
  context: Context,
  { machineId }: HostFindings,
): Promise<void> {
  if (machineId === null) return;
  await context.transaction((manager) =>
    servers.refuseKnownMachine(manager, machineId, context.serverId),
  );
}

/** An agent that another manager installed is not ours to replace; one of ours is. */
async function lookAtExistingAgent(
  { agents, authority }: InstallParts,
  context: Context,
  session: InstallSession,
  { refuseForeign }: PreflightOptions,
): Promise<void> {
  const config = parseConfig(await session.readFile(context, AGENT_PATHS.config));
  const identity = await agents.identityOf(context.serverId);
  if (identity && config?.agent_token_sha256 === sha256Hex(identity.token.reveal())) {
    context.log('found this server’s own agent');
  } else if (config?.ca.trim() === authority.certificate.trim()) {
    context.log(
      'found an agent of an earlier installation by this manager; it is replaced',
      'warning',
    );
  } else if (refuseForeign && config !== null) {
    throw new StepFailure(
      'installation',
      'foreign_agent',
      'Another manager’s agent is installed on this server. Remove it there first.',
    );
  } else {
    context.log('found an agent that does not belong to this manager; it is replaced', 'warning');
  }
}

function parseConfig(file: Buffer | null): AgentConfig | null {
  if (file === null) return null;
  try {
    const parsed = AgentConfig.safeParse(JSON.parse(file.toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    // A file cut in the middle: no agent could start with it.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
