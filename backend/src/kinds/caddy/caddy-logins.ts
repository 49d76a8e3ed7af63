import { hash } from '@node-rs/bcrypt';
import { createHmac } from 'node:crypto';
import type { Site } from './caddy-config.js';

/** About 50 ms of work for whoever guesses; Caddy remembers the passwords that were right. */
const COST = 10;

/**
 * The hashes of a site's logins, by name. The salt is the deployment's own and the same at every rendering,
 * so that an unchanged login is an unchanged file.
 */
export async function loginHashes(site: Site, seed: string): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const { username, password } of site.basic_auth) {
    const place = JSON.stringify(['caddy basic auth', site.hosts, site.port, username]);
    const salt = createHmac('sha256', Buffer.from(seed, 'hex')).update(place).digest();
    const options = { salt: salt.subarray(0, 16), cost: COST, version: '2a' as const };
    hashes.set(username, await hash(password, { ...options, rejectLongPasswords: true }));
  }
  return hashes;
}
