import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AgentManifest } from '@myx/protocol';
import type { AgentArch, ArtefactFile } from '@myx/protocol';
import { Injectable } from '@nestjs/common';
import { AppError } from '../platform/errors/index.js';
import { ARTEFACTS_MISSING } from './installation.errors.js';

/** The root of the product's files, from the source as well as from the compiled tree. */
const ROOT = path.resolve(import.meta.dirname, '../../..');

/** How a runtime may be compressed for the way. */
export type Compression = 'xz' | 'gzip';

/** One program file of an agent and where the manager has it. */
export interface AgentFile {
  /** SHA-256 of the file as it lies in the agent's store. */
  readonly sha256: string;
  /** Size there, bytes. */
  readonly size: number;
  /** What is sent. */
  readonly source: { readonly path: string; readonly size: number };
  /** How to unpack it on the server. */
  readonly packing: Compression | 'none';
}

/** An agent as it lies on a server: a release made of two files of the store. */
export interface AgentRelease {
  readonly version: string;
  /** Directory name below `releases/`: another one for other files. */
  readonly name: string;
  readonly runtime: AgentFile;
  readonly bundle: AgentFile;
}

/** The built agents that this manager installs, and their unit file. */
@Injectable()
export class AgentArtefacts {
  private readonly directory = path.join(ROOT, 'agent/dist/artefacts');
  private readonly unitFile = path.join(ROOT, 'systemd/myx-agent.service');

  /**
   * The agent for an architecture, its runtime packed in this way.
   *
   * @throws AppError artefacts_missing
   */
  async release(arch: AgentArch, packing: Compression): Promise<AgentRelease> {
    const manifest = await this.manifest();
    const runtime = manifest.runtimes[arch];
    if (!runtime) {
      throw missing(`This build has no agent for ${arch}. Run: npm run build:agent`);
    }
    const digest = createHash('sha256').update(runtime.sha256).update(manifest.bundle.sha256);
    return {
      version: manifest.version,
      name: `${manifest.version}-${digest.digest('hex').slice(0, 16)}`,
      runtime: {
        sha256: runtime.sha256,
        size: runtime.size,
        source: this.sourceOf(runtime.files[packing]),
        packing,
      },
      bundle: {
        sha256: manifest.bundle.sha256,
        size: manifest.bundle.size,
        source: this.sourceOf(manifest.bundle),
        packing: 'none',
      },
    };
  }

  /** The unit file. @throws AppError artefacts_missing */
  unit(): Promise<Buffer> {
    return this.read(this.unitFile);
  }

  private async manifest(): Promise<AgentManifest> {
    const file = path.join(this.directory, 'manifest.json');
    const parsed = AgentManifest.safeParse(parseJson(await this.read(file)));
    if (parsed.success) return parsed.data;
    throw missing(`${file} is damaged. Run: npm run build:agent`);
  }

  private sourceOf({ file, size }: ArtefactFile): AgentFile['source'] {
    return { path: path.join(this.directory, file), size };
  }

  private async read(file: string): Promise<Buffer> {
    try {
      return await readFile(file);
    } catch (error) {
      throw missing(`${file} cannot be read. Run: npm run build:agent`, error);
    }
  }
}

function parseJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch (error) {
    // A file that is not JSON fails the schema just the same.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function missing(detail: string, cause?: unknown): AppError {
  return new AppError(ARTEFACTS_MISSING, detail, {}, { cause });
}
