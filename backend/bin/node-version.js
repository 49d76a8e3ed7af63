import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const MINIMUM = [24, 17];
const root = path.resolve(import.meta.dirname, '../..');

/**
 * True when this process runs on a supported Node. Otherwise runs `script` again on the pinned Node
 * from the installed packages, takes over its exit status and answers false.
 */
export function useSupportedNode(script) {
  if (isSupported(process.versions.node)) return true;
  const pinned = path.join(root, 'node_modules/.bin/node');
  if (!existsSync(pinned)) {
    process.stderr.write(
      `MyX needs Node ${MINIMUM.join('.')} or newer, this is ${process.versions.node}. ` +
        'Run "npm ci" first: it brings the right one along.\n',
    );
    process.exitCode = 78;
    return false;
  }
  const { status } = spawnSync(pinned, [script, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
  return false;
}

function isSupported(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}
