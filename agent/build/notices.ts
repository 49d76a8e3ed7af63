import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { RUNTIMES } from './runtimes.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));

const RUNTIME_NOTICE = `Bun ${RUNTIMES.x64.version}, unmodified, shipped beside the agent as "runtime"
Licence: MIT. Copyright (c) Oven and contributors.
It statically links JavaScriptCore and WebCore parts of WebKit (LGPL-2.0-or-later and BSD), BoringSSL
(Apache-2.0, OpenSSL, ISC), libuv, zlib, mimalloc, lol-html, uSockets, c-ares, simdutf and others under
permissive licences. Sources, build instructions and the complete list: github.com/oven-sh/bun, tag
bun-v${RUNTIMES.x64.version}. To use the agent with a rebuilt or modified runtime, replace the file that
/opt/myx-agent/current/runtime points to; the agent is plain JavaScript in the file beside it.
`;

/** Licences of the agent's runtime and of every package bundled into the agent. */
export async function collectNotices(inputs: readonly string[]): Promise<string> {
  const packages = new Set(
    inputs
      .filter((input) => input.includes('node_modules/'))
      .map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? input),
  );
  const sections = [RUNTIME_NOTICE];
  for (const directory of [...packages].sort()) sections.push(await noticeOf(directory));
  return sections.join(`\n${'-'.repeat(100)}\n\n`);
}

async function noticeOf(directory: string): Promise<string> {
  const root = path.join(repository, directory);
  const { name, version, license } = z
    .object({ name: z.string(), version: z.string(), license: z.string() })
    .parse(JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')));
  const file = (await readdir(root)).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined || !existsSync(path.join(root, file))) {
    throw new Error(`${name} has no licence text to ship`);
  }
  const text = await readFile(path.join(root, file), 'utf8');
  return `${name} ${version}, bundled into the agent\nLicence: ${license}\n\n${text.trim()}\n`;
}
