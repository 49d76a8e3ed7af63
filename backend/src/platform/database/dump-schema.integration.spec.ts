import { describe, expect, it, jest } from '@jest/globals';

import { openTestDatabase } from '../../../../test/support/test-database.js';
import { dumpSchema } from './dump-schema.js';

jest.setTimeout(60_000);

const STATEMENTS = [
  `CREATE TYPE colour AS ENUM ('red', 'blue')`,
  `CREATE TABLE parent (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL UNIQUE)`,
  `CREATE TABLE child (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     parent_id uuid NOT NULL REFERENCES parent (id) ON DELETE CASCADE,
     "Odd Name" colour DEFAULT 'red',
     price numeric(10,2) CHECK (price > 0),
     twice numeric GENERATED ALWAYS AS (price * 2) STORED)`,
  `CREATE INDEX child_parent ON child (parent_id) WHERE price IS NOT NULL`,
  `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`,
  `CREATE TRIGGER child_refuse BEFORE DELETE ON child FOR EACH ROW EXECUTE FUNCTION refuse()`,
  `CREATE VIEW cheap AS SELECT id FROM child WHERE price < 1`,
];

async function databaseWith(statements: readonly string[]) {
  const { dataSource } = await openTestDatabase();
  for (const statement of statements) await dataSource.query(statement);
  return dataSource;
}

describe('dumpSchema', () => {
  it('describes tables, constraints, indexes, functions, triggers and views', async () => {
    const text = await dumpSchema(await databaseWith(STATEMENTS));

    expect(text).toContain(`CREATE TYPE colour AS ENUM ('red', 'blue');`);
    expect(text).toContain(
      '  id uuid DEFAULT gen_random_uuid() NOT NULL,\n  name text NOT NULL\n);',
    );
    expect(text).toContain('  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,');
    expect(text).toContain(`  "Odd Name" colour DEFAULT 'red'::colour,`);
    expect(text).toContain('  twice numeric GENERATED ALWAYS AS ((price * (2)::numeric)) STORED\n');
    expect(text).toContain('FOREIGN KEY (parent_id) REFERENCES parent(id) ON DELETE CASCADE;');
    expect(text).toContain(
      'CREATE INDEX child_parent ON child USING btree (parent_id) WHERE (price IS NOT NULL);',
    );
    expect(text).toContain('CREATE TRIGGER child_refuse BEFORE DELETE ON child FOR EACH ROW');
    expect(text).toContain(`RAISE EXCEPTION 'no'`);
    expect(text).toMatch(/CREATE VIEW cheap AS\n\s+SELECT id/);
  });

  it('gives the same text for the same schema made in another order', async () => {
    const [first, second] = await Promise.all([
      databaseWith([
        'CREATE TABLE a (id int)',
        'CREATE TABLE "B" (id int)',
        'CREATE TABLE c (id int)',
      ]),
      databaseWith([
        'CREATE TABLE c (id int)',
        'CREATE TABLE "B" (id int)',
        'CREATE TABLE a (id int)',
      ]),
    ]);

    expect(await dumpSchema(first)).toBe(await dumpSchema(second));
    await second.query('ALTER TABLE a ADD COLUMN extra text');
    expect(await dumpSchema(first)).not.toBe(await dumpSchema(second));
  });

  it('describes a schema well enough to make it again', async () => {
    const original = await dumpSchema(
      await databaseWith(
        STATEMENTS.filter((sql) => !sql.includes('IDENTITY')).filter(
          (sql) => !sql.includes('child'),
        ),
      ),
    );

    const copy = await databaseWith([original]);

    expect(await dumpSchema(copy)).toBe(original);
  });

  it('leaves the queue and PostgreSQL itself out', async () => {
    const dataSource = await databaseWith([
      'CREATE SCHEMA bullmq',
      'CREATE TABLE bullmq.job (id int)',
    ]);

    expect(await dumpSchema(dataSource)).not.toContain('job');
  });
});
