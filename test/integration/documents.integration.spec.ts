import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { generateDocuments } from '../../backend/src/app/generate.js';

const root = path.resolve(import.meta.dirname, '../..');

describe('documents made from code', () => {
  let documents: ReadonlyMap<string, string>;

  beforeAll(async () => {
    documents = await generateDocuments();
  }, 300_000);

  it.each([
    'backend/openapi.json',
    'backend/route-permissions.json',
    'backend/schema.sql',
    'docs/errors.md',
    'docs/configuration.md',
  ])('%s is what is committed (else: npm run generate)', async (name) => {
    expect(documents.get(name)).toBe(await readFile(path.join(root, name), 'utf8'));
  });

  it('name no error that the web UI has no Chinese words for', async () => {
    const words = await readFile(
      path.join(root, 'frontend/src/i18n/zh-cn/manager-words.ts'),
      'utf8',
    );
    const names = [...(documents.get('docs/errors.md') ?? '').matchAll(/^\| \d+ \| `(\w+)`/gm)].map(
      ([, name]) => `'problem.${name ?? ''}':`,
    );

    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !words.includes(name))).toEqual([]);
  });

  it('gives every operation an id of its own', () => {
    const document = JSON.parse(documents.get('backend/openapi.json') ?? '') as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );

    expect(ids.length).toBeGreaterThan(30);
    expect(ids).toEqual([...new Set(ids)]);
  });
});
