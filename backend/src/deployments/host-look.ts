import type { AgentHost, HostContext } from '../deployment-tool/index.js';
import type { Difference, Manifest } from './deployment.entity.js';

/** A file as it is on the server; null: there is none. */
export interface SeenFile {
  readonly sha256: string;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
}

/** What is on the server. */
export interface Look {
  readonly files: ReadonlyMap<string, SeenFile | null>;
  /** Null when no unit was asked for. */
  readonly unit: {
    readonly exists: boolean;
    readonly state: string;
    readonly enabled: boolean;
  } | null;
  readonly versionOutput: string | null;
}

/** What to look at. */
export interface LookAt {
  readonly paths: readonly string[];
  readonly unit: string | null;
  readonly versionCommand: readonly string[] | null;
}

/**
 * Prints one line on the unit, when its name is not empty, then one line for each path: digest, mode,
 * owner and group, or a word for what is not a file.
 */
const LOOK = `
unit="$1"; shift
if [ -n "$unit" ]; then
  systemctl show --property=LoadState --property=ActiveState --property=UnitFileState "$unit" | tr '\\n' ' '
  echo
fi
for path in "$@"; do
  if [ -L "$path" ]; then echo link
  elif [ -f "$path" ]; then
    sum=$(sha256sum <"$path") || sum=unreadable
    echo "\${sum%% *} $(stat -c '%a %U %G' "$path")"
  elif [ -e "$path" ]; then echo other
  else echo absent
  fi
done
`;

/** States of a unit whose service answers. */
const RUNNING: ReadonlySet<string> = new Set(['active', 'reloading', 'refreshing']);

/** Looks at files, unit and version on a server. Changes nothing. @throws StepFailure */
export async function lookAt(
  context: HostContext,
  host: Pick<AgentHost, 'run'>,
  { paths, unit, versionCommand }: LookAt,
): Promise<Look> {
  const argv = ['/bin/sh', '-c', LOOK, 'myx-look', unit ?? '', ...paths];
  const { stdout } = await host.run(context, argv);
  const lines = stdout.toString().trimEnd().split('\n');
  const unitLine = unit === null ? undefined : lines.shift();
  return {
    files: new Map(paths.map((path, index) => [path, seenFile(lines[index] ?? 'absent')])),
    unit: unitLine === undefined ? null : seenUnit(unitLine),
    versionOutput: versionCommand && (await versionOutput(context, host, versionCommand)),
  };
}

/** How the server differs from what was deployed. */
export function differencesOf(manifest: Manifest, look: Look): readonly Difference[] {
  return [
    ...manifest.files.flatMap((file) => fileDifference(file, look.files.get(file.path) ?? null)),
    ...unitDifferences(manifest, look),
    ...versionDifference(manifest, look),
  ];
}

function fileDifference(file: Manifest['files'][number], seen: SeenFile | null): Difference[] {
  const differs = (message: string): Difference[] => [{ what: 'file', name: file.path, message }];
  if (seen === null) return differs('is gone');
  if (seen.sha256 !== file.sha256) return differs('was changed');
  if (Number.parseInt(seen.mode, 8) !== Number.parseInt(file.mode, 8)) {
    return differs(`has the mode ${seen.mode} instead of ${file.mode}`);
  }
  const [now, then] = [`${seen.owner}:${seen.group}`, `${file.owner}:${file.group}`];
  return now === then ? [] : differs(`belongs to ${now} instead of ${then}`);
}

function unitDifferences({ unit, unitEnabled }: Manifest, look: Look): Difference[] {
  if (unit === null || look.unit === null) return [];
  const differs = (message: string): Difference => ({ what: 'unit', name: unit, message });
  if (!look.unit.exists) return [differs('is gone')];
  const found: Difference[] = [];
  if (!RUNNING.has(look.unit.state)) found.push(differs(`is ${look.unit.state}`));
  if (unitEnabled && !look.unit.enabled) {
    found.push(differs('does not start with the server any more'));
  }
  return found;
}

function versionDifference({ versionOutput, versionCommand }: Manifest, look: Look): Difference[] {
  if (versionCommand === null || versionOutput === look.versionOutput) return [];
  const [name = ''] = versionCommand;
  const now = look.versionOutput ?? 'nothing';
  return [
    { what: 'version', name, message: `tells ${now} instead of ${versionOutput ?? 'nothing'}` },
  ];
}

/** Whether the service itself does not run. */
export function isDown({ unit }: Manifest, look: Look): boolean {
  return unit !== null && !RUNNING.has(look.unit?.state ?? 'unknown');
}

function seenFile(line: string): SeenFile | null {
  const [sha256 = '', mode = '', owner = '', group = ''] = line.split(' ');
  if (sha256 === 'absent') return null;
  return { sha256, mode: mode.padStart(4, '0'), owner, group };
}

function seenUnit(line: string): NonNullable<Look['unit']> {
  const facts = new Map(
    line
      .trim()
      .split(' ')
      .map((fact) => fact.split('=', 2) as [string, string]),
  );
  return {
    exists: facts.get('LoadState') === 'loaded',
    state: facts.get('ActiveState') ?? 'unknown',
    enabled: facts.get('UnitFileState')?.startsWith('enabled') ?? false,
  };
}

/** Longest version text that is kept, characters. */
const VERSION_LIMIT = 200;

async function versionOutput(
  context: HostContext,
  host: Pick<AgentHost, 'run'>,
  argv: readonly string[],
): Promise<string | null> {
  // A program that is gone makes env(1) end with 127; whatever else it answers is its answer.
  const expected = Array.from({ length: 256 }, (_, code) => code);
  const { exitCode, stdout } = await host.run(context, ['/usr/bin/env', ...argv], { expected });
  if (exitCode !== 0) return null;
  return stdout.toString().trim().slice(0, VERSION_LIMIT);
}
