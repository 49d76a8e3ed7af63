import { z } from 'zod';

/**
 * `PUT /{rpc_path}/files?path=&sha256=&mode=&size=` writes one file, `GET /{rpc_path}/files?path=`
 * reads one. Bodies are raw bytes. A written file appears whole or not at all (temporary file, digest
 * check, fsync, rename). Only below {@link FILE_ROOTS}; never through a symbolic link.
 *
 * The request's signature covers the digest in the `x-myx-content-sha256` header, which for `PUT` must
 * equal `sha256`; the agent compares it with what it received before the rename.
 */
export const PutFileQuery = z.strictObject({
  path: z.string().startsWith('/').max(4096),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.coerce
    .number()
    .int()
    .min(0)
    .max(512 * 1024 * 1024),
  mode: z.enum(['0600', '0644', '0700', '0755']),
});
export type PutFileQuery = z.infer<typeof PutFileQuery>;

/** Query of a file read. */
export const GetFileQuery = z.strictObject({ path: z.string().startsWith('/').max(4096) });

/** Answer to a file write. */
export const PutFileResult = z.object({ path: z.string(), size: z.int(), sha256: z.string() });

/** Directories that file transfer may touch. */
export const FILE_ROOTS = ['/opt/myx-deployment-tool', '/var/lib/myx-agent/uploads'] as const;
