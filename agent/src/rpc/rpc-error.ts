import { RPC_ERRORS } from '@myx/protocol';
import type { RpcErrorName } from '@myx/protocol';

/** A refusal the caller gets as a JSON-RPC error, with a message a person can act on. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;
  readonly data: object | undefined;

  constructor(error: RpcErrorName, message: string, data?: object) {
    super(message);
    this.code = RPC_ERRORS[error];
    this.data = data;
  }
}
