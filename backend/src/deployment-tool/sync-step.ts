import { AGENT_PATHS, DEPLOYMENT_TOOL_PATH } from '@myx/protocol';
import { StepFailure } from '../operations/index.js';
import type { OperationStep } from '../operations/index.js';
import { sha256Hex } from '../platform/crypto/index.js';
import type { AgentHost } from './agent-host.js';
import type { DeploymentTool } from './deployment-tool.js';
import type { HostContext } from './host-command.js';
import { packFiles } from './tool-archive.js';
import { differenceOf, isSame, parseListing } from './tool-listing.js';
import type { TreeDifference } from './tool-listing.js';
import { LIST_TREE, UPDATE_TREE } from './tool-scripts.js';
import { TREE_LIMITS } from './tool-tree.js';
import type { ToolFile, ToolTree } from './tool-tree.js';

/** Where archives of the tool arrive on a server. */
const UPLOADS = `${AGENT_PATHS.state}/uploads/deployment-tool`;

/** A strange directory may hold much; its listing is bounded all the same, bytes. */
const LISTING_BYTES = 8 * 1024 * 1024;

/** Unpacking on a slow host that waits for another sync may take this long, milliseconds. */
const UPDATE_TIMEOUT_MS = 300_000;

/** Names told in the log; more are counted. */
const TOLD = 20;

/** What the steps of the deployment tool are made of. */
export interface ToolParts {
  readonly tool: DeploymentTool;
}

/**
 * Makes the deployment tool on a server what the manager has: only what differs is sent, and all of it is
 * verified afterwards. Skipped when nothing differs.
 */
export function syncToolStep<Memory>(parts: ToolParts): OperationStep<Memory, AgentHost> {
  return {
    name: 'sync_deployment_tool',
    title: 'Bring the deployment tool up to date',
    timeoutMs: 900_000,
    check: async (context, host) => {
      const { version, files } = await parts.tool.tree();
      if (!isSame(await differenceOn(context, host, files))) return false;
      context.log(`deployment tool ${version} is in place: ${String(files.length)} files verified`);
      return true;
    },
    apply: async (context, host) => {
      const tree = await parts.tool.tree();
      const difference = await differenceOn(context, host, tree.files);
      if (!isSame(difference)) await update(context, host, tree, difference);
      const left = await differenceOn(context, host, tree.files);
      if (!isSame(left)) throw notVerified(left);
      const { version, digest, files } = tree;
      context.log(
        `deployment tool ${version} (${digest.slice(0, 12)}): ${String(files.length)} files verified`,
      );
    },
  };
}

async function differenceOn(
  context: HostContext,
  host: AgentHost,
  files: readonly ToolFile[],
): Promise<TreeDifference> {
  const { stdout } = await host.run(
    context,
    ['/bin/sh', '-c', LIST_TREE, 'myx-tool', DEPLOYMENT_TOOL_PATH],
    { maxOutputBytes: LISTING_BYTES },
  );
  return differenceOf(files, parseListing(stdout));
}

async function update(
  context: HostContext,
  host: AgentHost,
  { files }: ToolTree,
  { changed, wrongMode, extra }: TreeDifference,
): Promise<void> {
  const archive = packFiles(changed);
  const place = `${UPLOADS}/${sha256Hex(archive)}.tar`;
  for (const line of told('removing', extra)) context.log(line, 'warning');
  for (const line of told('correcting mode or owner of', wrongMode)) context.log(line, 'warning');
  context.log(
    `sending ${String(changed.length)} of ${String(files.length)} files (${String(archive.length)} bytes)`,
  );
  await host.putFile(context, place, archive, '0600');
  const { exitCode, stderr } = await host.run(
    context,
    [
      ...['/bin/sh', '-c', UPDATE_TREE, 'myx-tool', DEPLOYMENT_TOOL_PATH, place],
      ...[String(TREE_LIMITS.files), String(TREE_LIMITS.bytes)],
    ],
    { input: listOf(files, changed), timeoutMs: UPDATE_TIMEOUT_MS, expected: [0, 3] },
  );
  if (exitCode === 0) return;
  const words = stderr.toString('utf8').trim().split('\n').at(-1) ?? '';
  throw new StepFailure('server', 'sync_refused', `The deployment tool was not unpacked: ${words}`);
}

/** The list that the script works by: first what the archive holds, in its order. */
function listOf(files: readonly ToolFile[], changed: readonly ToolFile[]): string {
  const kept = files.filter((file) => !changed.includes(file));
  const line = (kind: string, { mode, sha256, path }: ToolFile): string =>
    `${kind} ${mode} ${sha256} ${path}\n`;
  return [...changed.map((file) => line('+', file)), ...kept.map((file) => line('=', file))].join(
    '',
  );
}

function told(what: string, paths: readonly string[]): string[] {
  const lines = paths.slice(0, TOLD).map((path) => `${what} ${path === '' ? '.' : path}`);
  const rest = paths.length - lines.length;
  return rest > 0 ? [...lines, `${what} ${String(rest)} more`] : lines;
}

function notVerified({ changed, wrongMode, extra }: TreeDifference): StepFailure {
  const paths = [...changed.map(({ path }) => path), ...wrongMode, ...extra];
  return new StepFailure(
    'server',
    'sync_not_verified',
    `The deployment tool is not what was sent: ${paths.slice(0, 5).join(', ')}. Something on the server changes ${DEPLOYMENT_TOOL_PATH}.`,
  );
}
