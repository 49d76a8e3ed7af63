#!/usr/bin/env node
// `npm run generate`: API document, route table, schema dump and the documents made from code.
import path from 'node:path';
import { useSupportedNode } from './node-version.js';

if (useSupportedNode(import.meta.filename)) {
  const { buildWhatIsStale } = await import('./build.ts');
  buildWhatIsStale(['wire contract', 'manager']);
  const { writeDocuments } = await import('../dist/app/generate.js');
  await writeDocuments(path.resolve(import.meta.dirname, '../..'));
}
