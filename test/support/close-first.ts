import { afterAll } from '@jest/globals';

/** Something that uses the test database and has to end before it does. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * What is still open after a spec's last test. Import this module before the test database: hooks run in
 * the order in which they were registered.
 */
export const closeFirst = new Set<Closable>();

afterAll(async () => {
  for (const closable of closeFirst) await closable.close();
});
