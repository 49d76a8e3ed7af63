/**
 * Writes the manager's API document as the client is made from it. The generator drops the null of an object that
 * may be null when something inside it may be null as well; it keeps one that is told as a type, as OpenAPI 3.1 does.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const SOURCE = path.join(import.meta.dirname, '../../backend/openapi.json');
/** The input of `ng-openapi-gen.json`. */
const TARGET = path.join(
  import.meta.dirname,
  '../../node_modules/.cache/myx-api-client/openapi.json',
);

/** JSON's own hook: called for every value of the document. */
function withNullAsType(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const schema = value as Readonly<Record<string, unknown>>;
  if (schema.nullable !== true || schema.type !== 'object') return value;
  const { nullable: _told, ...others } = schema;
  return { ...others, type: ['object', 'null'] };
}

const document: unknown = JSON.parse(await readFile(SOURCE, 'utf8'), withNullAsType);
await mkdir(path.dirname(TARGET), { recursive: true });
await writeFile(TARGET, JSON.stringify(document));
