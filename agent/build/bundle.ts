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
 * Lets the bundler leave out what the agent does not use of the schema library: it can for a namespace,
 * not for the object of the same name.
 */
const usedSchemasOnly: Plugin = {
  name: 'used-schemas-only',
  setup({ onLoad }) {
    onLoad({ filter: /\/agent\/(protocol\/)?src\/.*\.ts$/ }, async (args) => ({
      contents: (await readFile(args.path, 'utf8')).replace(
        "import { z } from 'zod';",
        "import * as z from 'zod';",
      ),
      loader: 'ts',
    }));
  },
};

/** Leaves out the JSON-RPC library's client and transports: the agent has one of its own. */
const noTransports: Plugin = {
  name: 'no-transports',
  setup({ onLoad }) {
    const unused =
      /\/jayson\/lib\/(client\/|server\/(http|https|tcp|tls|websocket|middleware)\.js$)/;
    onLoad({ filter: unused }, () => ({
      contents: `module.exports = class {
        constructor() { throw new Error('The agent has no such transport.'); }
      };`,
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
    plugins: [englishOnly, usedSchemasOnly, noTransports],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    // One character beyond Latin-1 would double what the runtime keeps of the source.
    charset: 'ascii',
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
