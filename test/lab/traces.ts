import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cgroupFolder, labCgroup } from './cgroup.ts';
import type { Lab } from './lab.ts';
import { loadLab } from './lab-state.ts';
import { labDirectory } from './places.ts';
import { mustRun } from './run-program.ts';

/** What a lab has on the machine, found by looking at the machine and not at the lab's record. */
export type LabTraces = () => Promise<readonly string[]>;

/** Notes how to recognise a lab, so that its traces can be looked for after it is gone. */
export function tracesOf(lab: Pick<Lab, 'name'>): LabTraces {
  const record = loadLab(lab.name);
  if (record === undefined) throw new Error(`There is no lab "${lab.name}" to look for.`);
  const { index, name } = record;
  const folder = labDirectory(name);
  const ours = new RegExp(`\\b(myxlab${index}(i|-\\d+)?|mxl${index}h\\d+e\\d)\\b`);
  return async () => {
    const found: string[] = [];
    const look = (what: string, lines: readonly string[], mark: RegExp): void => {
      found.push(...lines.filter((line) => mark.test(line)).map((line) => `${what}: ${line}`));
    };
    look('link', (await mustRun(['ip', '-o', 'link'])).split('\n'), ours);
    look('namespace', (await mustRun(['ip', 'netns', 'list'])).split('\n'), ours);
    look(
      'route',
      (await mustRun(['ip', 'route'])).split('\n'),
      new RegExp(`10\\.21[34]\\.${index}\\.`),
    );
    look('mount', readFileSync('/proc/self/mounts', 'utf8').split('\n'), new RegExp(`${folder}/`));
    look('process', commandLines(), new RegExp(`${folder}/|myxlab${index}-`));
    const cgroup = cgroupFolder(labCgroup(name));
    const nspawn = readdirSync('/run/systemd/nspawn/propagate');
    look('nspawn', nspawn, new RegExp(`^myx-lab-${name}-\\d+$`));
    look('folder', [folder, cgroup].filter(existsSync), /./);
    return found;
  };
}

function commandLines(): readonly string[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.map((pid) => {
    try {
      return `${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`;
    } catch {
      return pid;
    }
  });
}
