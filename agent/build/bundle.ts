import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { z } from 'zod';

const agentRoot = fileURLToPath(new URL('../', import.meta.url));

/** The agent as one file. */
export interface Bundle {
  readonly version: string;
  readonly content: Uint8Array;
  readonly sha256: string;
  /** Source files that went into it, relative to the repository. */
  readonly inputs: readonly string[];
}

/** Leaves out the schema library's messages in fifty languages: they are half of the agent's memory. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js';`,
      loader: 'js',
    }));
  },
};

/**
 * Bundles the agent into one CommonJS file that needs nothing but a JavaScript runtime. The same sources
 * give the same bytes.
 */
export async function bundleAgent(): Promise<Bundle> {
  const packageFile = await readFile(path.join(agentRoot, 'package.json'), 'utf8');
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(packageFile));
  const result = await build({
    absWorkingDir: path.dirname(agentRoot),
    entryPoints: ['agent/src/main.ts'],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'es2022',
    conditions: ['myx-source'],
    define: { MYX_AGENT_VERSION: JSON.stringify(version) },
    // The JSON-RPC library brings a WebSocket transport along that the agent has no use for.
    alias: { 'isomorphic-ws': './agent/build/no-websocket.cjs' },
    plugins: [englishOnly],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'error',
  });
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error('esbuild wrote nothing');
  return {
    version,
    content: output.contents,
    sha256: createHash('sha256').update(output.contents).digest('hex'),
    inputs: Object.keys(result.metafile.inputs),
  };
}
