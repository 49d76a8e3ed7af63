import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A Node process that runs a TypeScript file of this repository, to be killed without mercy. */
export interface SourceProcess {
  readonly pid: number;
  /** The next line it prints. Rejects when it ends first, with what it wrote to standard error. */
  nextLine(): Promise<string>;
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
}

/** Starts `node <script> <args>` with the manager's sources importable, as another user if root says so. */
export function startSource(
  script: string,
  args: readonly string[],
  account: { readonly uid?: number; readonly gid?: number } = {},
): SourceProcess {
  const hooks = new URL('./source-hooks.ts', import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    ['--conditions=myx-source', '--import', hooks, script, ...args],
    { ...account, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return {
    pid: child.pid ?? 0,
    nextLine: async () => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${script} ended early: ${errors}`);
      return value;
    },
    kill: () => kill(child),
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
