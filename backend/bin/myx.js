#!/usr/bin/env node
// `npx myx`: administers the manager, running or not.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { useSupportedNode } from './node-version.js';

const program = path.resolve(import.meta.dirname, '../dist/cli/main.js');

if (useSupportedNode(import.meta.filename)) {
  if (existsSync(program)) {
    const { main } = await import(program);
    await main(process.argv.slice(2));
  } else {
    process.stderr.write('MyX is not built yet. Run "npm run build" (or "npm start") first.\n');
    process.exitCode = 78;
  }
}
