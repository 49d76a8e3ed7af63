import { Injectable } from '@nestjs/common';
import { AgentHosts } from '../deployment-tool/index.js';
import type { AgentHost, HostContext } from '../deployment-tool/index.js';
import { StepFailure } from '../operations/index.js';
import { AppError } from '../platform/errors/index.js';
import { sha256Hex } from '../platform/crypto/index.js';
import { ServersService } from '../servers/index.js';
import { DeploymentConfigs, secretTexts } from './deployment-configs.js';
import type { OpenedVersion } from './deployment-configs.js';
import type { Rendered, RenderedFile } from './deployment-kind.js';
import { configDiff, shownVersion } from './deployment-views.js';
import type { Deployment, ManifestFile } from './deployment.entity.js';
import type { DeploymentPlan, PlannedFile } from './deployments.schema.js';
import { DeploymentsService } from './deployments.service.js';
import { lookAt } from './host-look.js';
import type { Look, SeenFile } from './host-look.js';
import { Masker, unifiedDiff } from './readable-diff.js';

/** How long a server may take to tell what it has, milliseconds. */
const LOOK_MS = 20_000;

/** Files larger than this are not shown, bytes. */
const SHOWN_BYTES = 256 * 1024;

/** What shall be on the server: a stored version, or a configuration that is not stored. */
interface Wanted {
  readonly version: number | null;
  readonly open: unknown;
  readonly config: unknown;
  readonly rendered: Rendered;
  readonly texts: readonly string[];
}

/** What is on the server, and how to read its files; null look: it does not answer. */
interface Actual {
  readonly look: Look | null;
  readonly reason: string | null;
  readonly read: (path: string) => Promise<string | null>;
}

/** Tells exactly what an apply would do. Changes nothing, neither here nor on the server. */
@Injectable()
export class DeploymentPlanner {
  constructor(
    private readonly deployments: DeploymentsService,
    private readonly configs: DeploymentConfigs,
    private readonly servers: ServersService,
    private readonly hosts: AgentHosts,
  ) {}

  /** @throws AppError deployment_not_found, invalid_request, deployment_config_outdated */
  async plan(id: string, input: unknown): Promise<DeploymentPlan> {
    const deployment = await this.deployments.find(id);
    const applied = await this.applied(deployment);
    const wanted = await this.wanted(deployment, input);
    const masker = new Masker([...wanted.texts, ...(applied ? secretTexts(applied) : [])]);
    const actual = await this.actual(deployment, applied, wanted.rendered);
    const files = await planFiles(wanted.rendered, applied, actual, masker);
    const kind = this.configs.kindOf(deployment);
    const { unit, programVersion } = wanted.rendered;
    return {
      from_version: deployment.appliedVersion,
      to_version: wanted.version,
      config_diff: applied
        ? configDiff(applied.version.config, wanted.open)
        : configDiff(undefined, wanted.open),
      files,
      commands: kind.commands(wanted.config, wanted.rendered).map((line) => masker.mask(line)),
      has_changes: applied === null || files.some(({ change }) => change !== 'none'),
      server: {
        reachable: actual.look !== null,
        reason: actual.reason,
        unit,
        unit_state: unitState(actual.look),
        program_version: shownVersion(actual.look?.versionOutput ?? null),
      },
      wanted_program_version: programVersion,
    };
  }

  private async applied(deployment: Deployment): Promise<OpenedVersion | null> {
    if (deployment.appliedVersion === null) return null;
    const server = await this.servers.get(deployment.serverId);
    return this.configs.open(deployment, deployment.appliedVersion, server);
  }

  private async wanted(deployment: Deployment, input: unknown): Promise<Wanted> {
    const server = await this.servers.get(deployment.serverId);
    const { desiredVersion } = deployment;
    if (input === undefined) {
      const opened = await this.configs.open(deployment, desiredVersion, server);
      const { config, rendered } = opened;
      const open = opened.version.config;
      return { version: desiredVersion, open, config, rendered, texts: secretTexts(opened) };
    }
    const kind = this.configs.kindOf(deployment);
    const known = this.configs.secretsOf(await this.configs.version(deployment.id, desiredVersion));
    const context = this.configs.contextOf(deployment, server);
    const split = await this.configs.entered(kind, input, known, context);
    const rendered = await kind.render(split.config, context);
    const texts = secretTexts({ secrets: split.secrets, rendered, context });
    return { version: null, open: split.open, config: split.config, rendered, texts };
  }

  private async actual(
    deployment: Deployment,
    applied: OpenedVersion | null,
    rendered: Rendered,
  ): Promise<Actual> {
    const host = this.hosts.open(deployment.serverId);
    const signal = AbortSignal.timeout(LOOK_MS);
    const context: HostContext = { signal, log: () => undefined };
    const paths = [
      ...rendered.files.map(({ path }) => path),
      ...(applied?.version.manifest?.files ?? []).map(({ path }) => path),
    ];
    try {
      const look = await lookAt(context, host, {
        paths: [...new Set(paths)],
        unit: rendered.unit,
        versionCommand: rendered.versionCommand ?? null,
      });
      return { look, reason: null, read: (path) => readText(context, host, path) };
    } catch (error) {
      return { look: null, reason: reasonOf(error, signal), read: () => Promise.resolve(null) };
    }
  }
}

async function planFiles(
  rendered: Rendered,
  applied: OpenedVersion | null,
  actual: Actual,
  masker: Masker,
): Promise<PlannedFile[]> {
  const deployed = new Map(
    (applied?.version.manifest?.files ?? []).map((file) => [file.path, file]),
  );
  const wanted = new Map(rendered.files.map((file) => [file.path, file]));
  const before = new Map((applied?.rendered.files ?? []).map((file) => [file.path, file]));
  const planned: PlannedFile[] = [];
  for (const path of new Set([...wanted.keys(), ...deployed.keys()])) {
    const file = wanted.get(path) ?? null;
    const was = deployed.get(path) ?? null;
    // Without an answer of the server, what was deployed there is the best guess.
    const seen = actual.look ? (actual.look.files.get(path) ?? null) : was;
    const change = changeOf(file, seen);
    const isSecret = file?.secret ?? before.get(path)?.secret ?? false;
    const isShown = !isSecret && change !== 'none';
    const old = isShown && seen ? await oldText(path, actual, before.get(path)) : null;
    planned.push({
      path,
      change,
      mode: file?.mode ?? null,
      owner: file ? (file.owner ?? 'root') : null,
      group: file ? (file.group ?? 'root') : null,
      secret: isSecret,
      changed_on_server: was !== null && actual.look !== null && !isSame(was, seen),
      diff: isShown ? unifiedDiff(path, old, textOf(file), masker) : null,
    });
  }
  return planned.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function changeOf(file: RenderedFile | null, seen: SeenFile | null): PlannedFile['change'] {
  if (file === null) return seen === null ? 'none' : 'delete';
  if (seen === null) return 'create';
  const { mode, owner = 'root', group = 'root' } = file;
  const wanted = { sha256: sha256Hex(Buffer.from(file.content)), mode, owner, group };
  return isSame(wanted, seen) ? 'none' : 'update';
}

function isSame(a: Omit<ManifestFile, 'path'>, b: SeenFile | null): boolean {
  if (b === null) return false;
  const isSameMode = Number.parseInt(a.mode, 8) === Number.parseInt(b.mode, 8);
  return isSameMode && a.sha256 === b.sha256 && a.owner === b.owner && a.group === b.group;
}

/** What a file holds now; of a server that does not answer, what was deployed there. */
function oldText(
  path: string,
  actual: Actual,
  before: RenderedFile | undefined,
): Promise<string | null> {
  return actual.look ? actual.read(path) : Promise.resolve(textOf(before ?? null));
}

function textOf(file: RenderedFile | null): string | null {
  if (file === null) return null;
  return typeof file.content === 'string' ? file.content : '(not text)\n';
}

/** Reads a file of the server for people: at most so much, and only text. */
async function readText(
  context: HostContext,
  host: Pick<AgentHost, 'run'>,
  path: string,
): Promise<string | null> {
  const limit = String(SHOWN_BYTES);
  const { exitCode, stdout } = await host.run(context, ['head', '-c', limit, '--', path], {
    expected: [0, 1],
  });
  if (exitCode !== 0) return null;
  return stdout.includes(0) ? '(not text)\n' : stdout.toString();
}

function unitState(look: Look | null): string | null {
  if (!look?.unit) return null;
  return look.unit.exists ? look.unit.state : 'not installed';
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'The server took too long to answer.';
  if (error instanceof StepFailure || error instanceof AppError) return error.message;
  throw error;
}
