#!/usr/bin/env node
// Runs the manager as it was built: for services, which must not build at every start.
import { useSupportedNode } from './node-version.js';

if (useSupportedNode(import.meta.filename)) {
  const { main } = await import('../dist/main.js');
  await main(process.argv.slice(2));
}
