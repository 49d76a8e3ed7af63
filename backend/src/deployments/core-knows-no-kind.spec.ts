import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const here = import.meta.dirname;
const kinds = readdirSync(path.join(here, '../kinds'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const sources = readdirSync(here).filter((name) => !name.endsWith('.spec.ts'));

describe('the core of deployments', () => {
  it('has kinds beside it', () => {
    expect(kinds).toContain('node_exporter');
  });

  it.each(sources)('%s names none of them', (source) => {
    const text = readFileSync(path.join(here, source), 'utf8').toLowerCase();
    // The Caddyfile is a language of the code editor, as JSON and YAML are.
    const words = text.replaceAll(`'caddyfile'`, '').split(/[^a-z_]+/);

    expect(words.filter((word) => kinds.includes(word))).toEqual([]);
  });
});
