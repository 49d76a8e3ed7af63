import type { PoolConfig } from 'pg';

import type { Secret } from '../crypto/secret.js';

/** Where the database is: a URL an operator gave, or the socket of the embedded server. */
export type DatabaseConnection =
  | { readonly kind: 'url'; readonly url: Secret }
  | {
      readonly kind: 'socket';
      /** Directory of the socket. */
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly database: string;
    };

/** The connection in the words of the `pg` driver. */
export function driverOptions(
  connection: DatabaseConnection,
): Pick<PoolConfig, 'connectionString' | 'host' | 'port' | 'user' | 'database'> {
  if (connection.kind === 'url') return { connectionString: connection.url.reveal() };
  const { host, port, user, database } = connection;
  return { host, port, user, database };
}
