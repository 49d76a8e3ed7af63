#!/usr/bin/env node
// `npm start`: builds what is missing or older than its sources, then runs the manager.
import { useSupportedNode } from './node-version.js';

if (useSupportedNode(import.meta.filename)) {
  // Only the supported Node can load TypeScript, hence not at the top.
  const { buildWhatIsStale } = await import('./build.ts');
  buildWhatIsStale();
  const { main } = await import('../dist/main.js');
  await main(process.argv.slice(2));
}
