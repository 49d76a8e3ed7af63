import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const manifest = path.join(import.meta.dirname, '../../package.json');

/** The manager's version, from its own package. */
export const VERSION = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(manifest, 'utf8'))).version;
