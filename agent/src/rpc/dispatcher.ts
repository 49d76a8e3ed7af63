import jayson from 'jayson';
import { LIMITS, LogChunk, METHODS, RPC_ERRORS, RpcRequest } from '@myx/protocol';
import type { Handlers, MethodName } from '@myx/protocol';
import { z } from 'zod';
import { log, messageOf } from '../log.ts';
import { isNestedAtMost } from './json-depth.ts';
import { RpcError } from './rpc-error.ts';

type Procedure = jayson.MethodHandler;
type Callback = Parameters<Procedure>[1];

/**
 * Answers JSON-RPC 2.0 requests from the methods of the contract and nothing else. Parameters and
 * results are parsed by the contract's schemas; what a caller got wrong is told by path, never by value.
 */
export class Dispatcher {
  readonly #procedures: ReadonlyMap<string, Procedure>;
  readonly #server: InstanceType<typeof jayson.Server>;

  constructor(handlers: Handlers) {
    this.#procedures = new Map(
      Object.keys(METHODS).map((name) => [name, procedure(name as MethodName, handlers)]),
    );
    const router = (method: string): InstanceType<typeof jayson.Method> =>
      new jayson.Method(this.#procedures.get(method) ?? unknownMethod);
    this.#server = new jayson.Server({}, { router });
  }

  /** The methods that can be called. */
  get methods(): readonly string[] {
    return [...this.#procedures.keys()];
  }

  /** Answers one request body with one response body; never fails. */
  async answer(body: Uint8Array): Promise<string> {
    const parsed = parseRequest(body);
    if ('error' in parsed) return JSON.stringify({ jsonrpc: '2.0', id: null, ...parsed });
    return new Promise((resolve) => {
      this.#server.call(parsed.request, {}, (error?: unknown, response?: unknown) => {
        resolve(JSON.stringify(error ?? response));
      });
    });
  }
}

/**
 * Base64 that this process has just made itself is not looked through once more: for a megabyte of
 * output that takes thirty times as long as making it.
 */
const LOG_RESULT = METHODS.get_command_log.result.extend({
  chunks: z.array(LogChunk.extend({ log_data: z.string() })),
});

function resultSchema(name: MethodName): z.ZodType {
  return name === 'get_command_log' ? LOG_RESULT : METHODS[name].result;
}

interface ErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: object;
}

function parseRequest(
  body: Uint8Array,
): { request: RpcRequest & { params: object } } | { error: ErrorObject } {
  if (!isNestedAtMost(body, LIMITS.jsonDepth)) {
    return {
      error: { code: RPC_ERRORS.parse_error, message: `Nested deeper than ${LIMITS.jsonDepth}` },
    };
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    // SyntaxError, or TypeError for bytes that are not UTF-8: the same to the caller.
    return { error: { code: RPC_ERRORS.parse_error, message: 'Not JSON' } };
  }
  const request = RpcRequest.safeParse(json);
  if (request.success) return { request: { ...request.data, params: request.data.params ?? {} } };
  return {
    error: {
      code: RPC_ERRORS.invalid_request,
      message: 'Not a single JSON-RPC 2.0 request with an id and named parameters',
    },
  };
}

function unknownMethod(_params: unknown, callback: Callback): void {
  callback({ code: RPC_ERRORS.method_not_found, message: 'Method not found' });
}

function procedure(name: MethodName, handlers: Handlers): Procedure {
  return (params, callback) => {
    call(name, handlers, params).then(
      (result) => {
        callback(null, result);
      },
      (error: unknown) => {
        callback(errorObject(name, error));
      },
    );
  };
}

async function call(name: MethodName, handlers: Handlers, given: unknown): Promise<unknown> {
  const method = METHODS[name];
  const params = method.params.safeParse(given ?? {});
  if (!params.success) {
    throw new RpcError('invalid_params', 'Invalid parameters', {
      issues: params.error.issues.map(({ path, code, message }) => ({
        path: path.map(String),
        code,
        // The text about unknown keys quotes them; everything else is the schema's own.
        message: code === 'unrecognized_keys' ? 'unknown field' : message,
      })),
    });
  }
  // The map from name to parameter type is the contract's; TypeScript cannot follow it through a union.
  const handler = handlers[name] as (params: unknown) => Promise<unknown>;
  return resultSchema(name).parse(await handler(params.data));
}

function errorObject(method: MethodName, error: unknown): ErrorObject {
  if (error instanceof RpcError) {
    const { code, message, data } = error;
    return { code, message, ...(data === undefined ? {} : { data }) };
  }
  // A bug, or a failing disk: the journal gets the reason, the caller that it is on this side.
  log('error', 'method failed', { method, error: messageOf(error) });
  return { code: RPC_ERRORS.internal_error, message: 'Internal error; see the agent journal' };
}
