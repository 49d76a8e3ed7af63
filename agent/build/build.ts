import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AgentArch, AgentManifest } from '@myx/protocol';
import type { AgentRuntime, ArtefactFile } from '@myx/protocol';
import { bundleAgent } from './bundle.ts';
import { fetchRuntime } from './fetch-runtime.ts';
import { collectNotices } from './notices.ts';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const artefacts = path.join(dist, 'artefacts');

await main();

/** Builds everything a manager needs to install agents; see AgentManifest for what that is. */
async function main(): Promise<void> {
  const started = performance.now();
  await mkdir(artefacts, { recursive: true });
  const bundle = await bundleAgent();
  await writeWhole(path.join(dist, 'agent.cjs'), bundle.content);
  const manifest: AgentManifest = {
    version: bundle.version,
    bundle: await writeArtefact('agent', 'cjs', bundle.content),
    runtimes: await collectRuntimes(),
    notices: await writeArtefact(
      'notices',
      'txt',
      Buffer.from(await collectNotices(bundle.inputs)),
    ),
  };
  await writeWhole(
    path.join(artefacts, 'manifest.json'),
    `${JSON.stringify(AgentManifest.parse(manifest), null, 2)}\n`,
  );
  await removeOthers(manifest);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `Agent ${manifest.version}: bundle ${manifest.bundle.sha256.slice(0, 12)} (${manifest.bundle.size} bytes), ` +
      `runtimes ${Object.keys(manifest.runtimes).join(' and ')}; ${seconds} s`,
  );
}

/**
 * The runtime of this machine's architecture must be there. One of the other may be missing, without a
 * network for example: then servers of that architecture cannot be installed by this build.
 */
async function collectRuntimes(): Promise<AgentManifest['runtimes']> {
  const runtimes: Partial<Record<AgentArch, AgentRuntime>> = {};
  for (const [index, arch] of AgentArch.options.entries()) {
    const which = `Runtime for ${arch} (${index + 1} of ${AgentArch.options.length})`;
    try {
      const { description, directory } = await fetchRuntime(arch, (line) => {
        console.log(`${which}: ${line}`);
      });
      for (const { file } of Object.values(description.files)) {
        await linkOnce(path.join(directory, file), path.join(artefacts, file));
      }
      runtimes[arch] = description;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (arch === process.arch) {
        throw new Error(`No runtime for ${arch}: ${reason}`, { cause: error });
      }
      console.error(
        `No runtime for ${arch}: ${reason}\n` +
          `Servers with ${arch} cannot be installed by this build; run it again to fetch it.`,
      );
    }
  }
  return runtimes;
}

async function writeArtefact(
  kind: string,
  extension: string,
  content: Uint8Array,
): Promise<ArtefactFile> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const file = `${kind}-${sha256}.${extension}`;
  const place = path.join(artefacts, file);
  if (!existsSync(place)) await writeWhole(place, content);
  return { file, sha256, size: content.length };
}

/** Replaces a file as a whole, so that a manager that reads it meanwhile gets the old or the new one. */
async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}.new`;
  await writeFile(temporary, content);
  await rename(temporary, file);
}

async function linkOnce(from: string, to: string): Promise<void> {
  if (existsSync(to)) return;
  const temporary = `${to}.${process.pid}.new`;
  await link(from, temporary);
  await rename(temporary, to);
}

async function removeOthers({ bundle, notices, runtimes }: AgentManifest): Promise<void> {
  const kept = new Set(['manifest.json', bundle.file, notices.file]);
  for (const { files } of Object.values(runtimes)) {
    for (const { file } of Object.values(files)) kept.add(file);
  }
  for (const name of await readdir(artefacts)) {
    if (!kept.has(name)) await rm(path.join(artefacts, name), { force: true });
  }
}
