import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import type { StatusResult } from '@myx/protocol';
import { StepFailure } from '../operations/index.js';
import type { StepContext } from '../operations/index.js';
import { AgentCallError } from '../platform/agent-client/index.js';
import { sha256Hex } from '../platform/crypto/index.js';
import type { Artefact, Rendered } from './deployment-kind.js';
import type { DeploymentMemory, DeploymentSession, DeploymentStep } from './deployment-memory.js';
import type { DeploymentParts } from './deployment-parts.js';
import type { DeploymentState } from './deployment.entity.js';

/** Where files wait on the server before a playbook puts them in place. */
const STAGING = '/var/lib/myx-agent/uploads/deployments';

/** What deployments need of an agent. */
const CAPABILITY = 'ansible';

type Context = StepContext<DeploymentMemory>;

/** Looks whether the server can be deployed to at all. */
export function checkServerStep(parts: DeploymentParts, state: DeploymentState): DeploymentStep {
  return {
    name: 'check_server',
    title: 'Check the server and its agent',
    always: true,
    timeoutMs: 120_000,
    apply: async (context, { params }) => {
      await claim(parts, context, params.deployment_id, state);
      const status = await statusOf(parts, context, params.force);
      if (status === null) {
        context.memory.isGone = true;
        context.log('the server does not answer; going on without it, as asked', 'warning');
        return;
      }
      context.memory.isGone = false;
      refuseUnable(status);
      const { os, arch } = status.server;
      context.log(`agent ${status.agent.version} on ${os.pretty_name} (${arch})`);
    },
  };
}

/** Puts what is large on the server, such as a release archive. */
export function artefactsStep(parts: DeploymentParts): DeploymentStep {
  return {
    name: 'artefacts',
    title: 'Provide what the service is installed from',
    timeoutMs: 1_800_000,
    apply: async (context, session) => {
      const { kind, config, context: rendering } = await parts.opened(session.params);
      const artefacts = (await kind.artefacts?.(config, { ...rendering, step: context })) ?? [];
      if (artefacts.length === 0) context.log('nothing is needed');
      for (const artefact of artefacts) await provide(context, session, artefact);
    },
  };
}

/** Puts the rendered files where the playbook takes them from. */
export function stageStep(parts: DeploymentParts): DeploymentStep {
  return {
    name: 'stage',
    title: 'Upload the files',
    apply: async (context, session) => {
      const { rendered } = await parts.opened(session.params);
      const directory = stagingOf(session);
      const files = stagedFiles(rendered);
      for (const [index, { entry, content }] of files.entries()) {
        await session.host.putFile(context, posix.join(directory, entry.name), content, '0600');
        context.progress({ done: index + 1, total: files.length, unit: 'items' });
      }
      const list = Buffer.from(JSON.stringify(files.map(({ entry }) => entry)));
      await session.host.putFile(context, posix.join(directory, 'files.json'), list, '0600');
      context.log(`${String(files.length)} files are ready on the server`);
    },
    undo: removeStaged,
    leftovers: () => [STAGING],
  };
}

/** Removes what {@link stageStep} uploaded. */
export async function removeStaged(context: Context, session: DeploymentSession): Promise<void> {
  await session.host.run(context, ['rm', '-rf', '--', stagingOf(session)]);
}

/** Directory of the files of the version that an operation applies. */
export function stagingOf({ params }: DeploymentSession): string {
  return posix.join(STAGING, params.deployment_id, String(params.version));
}

/** Says that this operation works on the deployment: a retry did not go through the request. */
async function claim(
  parts: DeploymentParts,
  context: Context,
  id: string,
  state: DeploymentState,
): Promise<void> {
  await context.transaction(async (manager) => {
    const deployment = await parts.repository.lock(manager, id);
    if (!deployment) {
      throw new StepFailure('manager', 'deployment_not_found', 'The deployment was removed.');
    }
    if (deployment.isBusy && deployment.operationId !== context.operationId) {
      throw new StepFailure(
        'manager',
        'deployment_busy',
        'Another operation works on the deployment. Wait for it, then retry.',
      );
    }
    if (deployment.isBusy) return;
    const { operationId } = context;
    const changes = { operationId, isBusy: true, hasBegun: false, restingState: deployment.state };
    await parts.repository.update(manager, id, changes, state);
  });
}

async function statusOf(
  parts: DeploymentParts,
  context: Context,
  isForced: boolean,
): Promise<StatusResult | null> {
  try {
    const client = await parts.agents.client(context.serverId);
    return await client.call('get_status', {}, { signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    if (isForced && (error instanceof AgentCallError || isAppError(error))) return null;
    throw error;
  }
}

/** An agent without identity cannot be called either. */
function isAppError(error: unknown): boolean {
  return error instanceof Error && error.name === 'AppError';
}

function refuseUnable({ capabilities, server }: StatusResult): void {
  if (!capabilities.includes(CAPABILITY)) {
    throw new StepFailure(
      'agent',
      'agent_too_old',
      'The agent is of a version that cannot run playbooks. Repair it to bring it up to date.',
    );
  }
  if (server.init_system !== 'systemd') {
    throw new StepFailure(
      'server',
      'no_systemd',
      `Services are deployed as units of systemd; this server has ${server.init_system}.`,
    );
  }
  if (server.arch !== 'x64' && server.arch !== 'arm64') {
    throw new StepFailure(
      'server',
      'architecture_unknown',
      `Nothing can be deployed to the architecture ${server.arch}.`,
    );
  }
}

async function provide(
  context: Context,
  session: DeploymentSession,
  artefact: Artefact,
): Promise<void> {
  const { path, sha256, mode } = artefact;
  const seen = await session.host.run(context, ['sha256sum', '--', path], { expected: [0, 1] });
  if (seen.exitCode === 0 && seen.stdout.toString().startsWith(sha256)) {
    context.log(`${posix.basename(path)} is on the server already`);
    return;
  }
  const source = await artefact.open(context);
  await session.host.putFile(context, path, source, mode, (done, total) => {
    context.progress({ done, total, unit: 'bytes' });
  });
  context.log(`uploaded ${posix.basename(path)}`);
}

/** The files of a rendering under plain names, with what `files.json` tells of them. */
function stagedFiles(rendered: Rendered): readonly {
  readonly entry: { readonly name: string; readonly path: string; readonly sha256: string };
  readonly content: Buffer;
}[] {
  return rendered.files.map(({ path, content, mode, owner, group }, index) => {
    const bytes = Buffer.from(content);
    const entry = {
      name: String(index),
      path,
      mode,
      owner: owner ?? 'root',
      group: group ?? 'root',
      sha256: sha256Hex(bytes),
    };
    return { entry, content: bytes };
  });
}

/** The id of a playbook, made and stored before the playbook starts, so that it is found again. */
export async function commandId(context: Context, which: 'command' | 'restore'): Promise<string> {
  const known = context.memory[which];
  if (known !== null) return known;
  const id = randomUUID();
  context.memory[which] = id;
  await context.save();
  return id;
}
