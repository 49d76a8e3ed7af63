import type { OperationFailure } from '../operations/index.js';
import { CAUSE_LAYERS } from '../servers/index.js';
import type { CauseLayer, StatusCause } from '../servers/index.js';

/** Layers of the SSH transport that a status sums up as `ssh`. */
const SSH_LAYERS: ReadonlySet<string> = new Set([
  'ssh_handshake',
  'authentication',
  'jump_host',
  'channel',
  'sftp',
  'sudo',
  'command',
  'file',
]);

/** The failure of an operation as the cause of a server's status. */
export function causeOf(failure: OperationFailure | null): StatusCause | null {
  if (failure === null) return null;
  return { layer: layerOf(failure.layer), code: failure.code, message: failure.message };
}

function layerOf(layer: string): CauseLayer {
  if (SSH_LAYERS.has(layer)) return 'ssh';
  return CAUSE_LAYERS.find((known) => known === layer) ?? 'installation';
}
