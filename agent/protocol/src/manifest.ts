import { z } from 'zod';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A file of the artefact directory: its name there, size in bytes, and digest. */
export const ArtefactFile = z.object({
  file: z.string().regex(/^[A-Za-z0-9._-]+$/),
  sha256: Sha256,
  size: z.int().min(1),
});
export type ArtefactFile = z.infer<typeof ArtefactFile>;

/** Architectures an agent is built for, as `process.arch` names them. */
export const AgentArch = z.enum(['x64', 'arm64']);
export type AgentArch = z.infer<typeof AgentArch>;

/** The JavaScript runtime of one architecture, to be unpacked from either compressed file. */
export const AgentRuntime = z.object({
  name: z.literal('bun'),
  version: z.string(),
  /** Of the unpacked executable. */
  sha256: Sha256,
  size: z.int().min(1),
  files: z.object({ xz: ArtefactFile, gzip: ArtefactFile }),
});
export type AgentRuntime = z.infer<typeof AgentRuntime>;

/**
 * `manifest.json` beside the artefacts of an agent build. The bundle is one file for all architectures;
 * an architecture whose runtime could not be fetched is absent.
 */
export const AgentManifest = z.object({
  version: z.string(),
  bundle: ArtefactFile,
  runtimes: z.partialRecord(AgentArch, AgentRuntime),
  /** Licences of everything that is shipped. */
  notices: ArtefactFile,
});
export type AgentManifest = z.infer<typeof AgentManifest>;
