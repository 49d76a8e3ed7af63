import type { SecretPlace } from '../platform/crypto/index.js';

/** Where the token of a server's agent is stored, for sealing. */
export function tokenPlace(serverId: string): SecretPlace {
  return { table: 'agents', column: 'token_sealed', rowId: serverId };
}

/** Where the signature key of a server's agent is stored, for sealing. */
export function secretKeyPlace(serverId: string): SecretPlace {
  return { table: 'agents', column: 'secret_key_sealed', rowId: serverId };
}
