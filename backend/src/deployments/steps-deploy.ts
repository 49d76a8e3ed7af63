import type { AgentHost } from '../deployment-tool/index.js';
import { StepFailure } from '../operations/index.js';
import type { StepContext } from '../operations/index.js';
import { sha256Hex } from '../platform/crypto/index.js';
import type { OpenedVersion } from './deployment-configs.js';
import { deploymentFailure } from './deployment-failure.js';
import type { DeploymentMemory, DeploymentSession, DeploymentStep } from './deployment-memory.js';
import type { DeploymentParts } from './deployment-parts.js';
import type { Manifest, ManifestFile } from './deployment.entity.js';
import { differencesOf, lookAt } from './host-look.js';
import { repeatedly } from './repeated-playbook.js';
import { commandId, removeStaged, stagingOf } from './steps-prepare.js';

type Context = StepContext<DeploymentMemory>;

/** Seconds that a playbook may take, unless its kind knows better. */
const PLAYBOOK_SECONDS = 900;

/** What the step has beyond the playbook: a link that is cut may come back. */
const STEP_TIMEOUT_MS = 3_600_000;

/** Changes the server by the kind's playbook; taken back by the same playbook. */
export function deployStep(parts: DeploymentParts): DeploymentStep {
  return {
    name: 'deploy',
    title: 'Change the server',
    timeoutMs: STEP_TIMEOUT_MS,
    apply: async (context, session) => {
      const opened = await parts.opened(session.params);
      await begin(parts, context, session);
      const id = await commandId(context, 'command');
      const outcome = await run(context, session, opened, { action: 'apply', id, change: id });
      if (outcome.outcome !== 'succeeded') throw deploymentFailure(opened.kind.name, outcome);
    },
    undo: async (context, session) => {
      const opened = await parts.opened(session.params);
      const change = context.memory.command;
      // Two playbooks must never work on one service: what may still run is ended first.
      if (change !== null) await session.host.endPlaybook(context, change, playbookOf(opened));
      const restore = { action: 'restore', change: change ?? '' } as const;
      const outcome = await repeatedly(context, 'restore', (id) =>
        run(context, session, opened, { ...restore, id }),
      );
      if (outcome.outcome !== 'succeeded') throw deploymentFailure(opened.kind.name, outcome);
      context.memory.command = null;
      context.log('the server is as it was before');
    },
    leftovers: () => ['the service is neither as it was before nor as it should be'],
  };
}

/** Looks at the service from outside. */
export function probeStep(parts: DeploymentParts): DeploymentStep {
  return {
    name: 'probe',
    title: 'Look at the service from outside',
    timeoutMs: 300_000,
    apply: async (context, session) => {
      const { kind, config, rendered, context: rendering } = await parts.opened(session.params);
      await kind.probe(context, session.host, { ...rendering, config, rendered });
    },
  };
}

/** Stores what is on the server now, as the last known good. */
export function recordStep(parts: DeploymentParts): DeploymentStep {
  return {
    name: 'record',
    title: 'Record what is on the server',
    apply: async (context, session) => {
      const opened = await parts.opened(session.params);
      const manifest = await manifestOf(context, session.host, opened);
      await context.transaction(async (manager) => {
        const { deployment_id: id, version } = session.params;
        await parts.repository.updateVersion(manager, id, version, { manifest });
      });
      await removeStaged(context, session);
    },
  };
}

/** Marks that from now on the server may have been changed. */
export async function begin(
  parts: DeploymentParts,
  context: Context,
  { params }: DeploymentSession,
): Promise<void> {
  await context.transaction((manager) =>
    parts.repository.update(manager, params.deployment_id, { hasBegun: true }),
  );
}

/** Name of the playbook that deploys a version's kind. */
function playbookOf({ kind }: OpenedVersion): string {
  return `playbooks/${kind.playbooks.deploy}`;
}

function run(
  context: Context,
  session: DeploymentSession,
  opened: OpenedVersion,
  call: { readonly action: 'apply' | 'restore'; readonly id: string; readonly change: string },
): ReturnType<AgentHost['playbook']> {
  const { kind, rendered } = opened;
  return session.host.playbook(context, {
    commandId: call.id,
    playbook: playbookOf(opened),
    extraVars: {
      ...rendered.vars,
      ...commonVars(opened),
      myx_action: call.action,
      myx_change: call.change,
      myx_version: String(session.params.version),
      myx_staged: stagingOf(session),
    },
    secretVars: rendered.secretVars,
    timeoutSeconds: kind.timeoutSeconds ?? PLAYBOOK_SECONDS,
  });
}

/** Variables that every playbook of a deployment gets. */
export function commonVars({ kind, rendered, context }: OpenedVersion): Record<string, unknown> {
  return {
    myx_kind: kind.name,
    myx_deployment_id: context.deploymentId,
    myx_state: `/var/lib/myx-deployments/${kind.name}`,
    myx_unit: rendered.unit ?? '',
    myx_program_version: rendered.programVersion ?? '',
  };
}

/** What a version has put on the server. @throws StepFailure when it is not there. */
async function manifestOf(
  context: Context,
  host: AgentHost,
  { rendered }: OpenedVersion,
): Promise<Manifest> {
  const files = rendered.files.map(({ path, content, mode, owner, group }): ManifestFile => ({
    path,
    sha256: sha256Hex(Buffer.from(content)),
    mode,
    owner: owner ?? 'root',
    group: group ?? 'root',
  }));
  const versionCommand = rendered.versionCommand ?? null;
  const { unit } = rendered;
  const look = await lookAt(context, host, {
    paths: files.map(({ path }) => path),
    unit,
    versionCommand,
  });
  const manifest: Manifest = {
    files,
    unit,
    unitEnabled: look.unit?.enabled ?? false,
    versionCommand,
    versionOutput: look.versionOutput,
  };
  const [difference] = differencesOf(manifest, look);
  if (!difference) return manifest;
  throw new StepFailure(
    'server',
    'not_as_deployed',
    `${difference.name} ${difference.message} right after it was deployed: something else on the server changes it.`,
  );
}
