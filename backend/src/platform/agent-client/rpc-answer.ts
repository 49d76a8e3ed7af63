import { RpcResponse, rpcErrorName } from '@myx/protocol';
import type { MethodDefinition } from '@myx/protocol';
import type { z } from 'zod';
import { AgentCallError } from './agent-call-error.js';

/** An HTTP answer of an agent, body read. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * Parses the answer to a JSON-RPC request (JSON-RPC 2.0, section 5) down to the method's result.
 *
 * @throws AgentCallError for anything but a result: a refusal, a status, an RPC error, or bytes that do
 *   not fit the method's schema.
 */
export function parseAnswer<Result extends z.ZodType>(
  target: string,
  definition: MethodDefinition<string, z.ZodType, Result>,
  requestId: string,
  answer: HttpAnswer,
): z.infer<Result> {
  if (answer.status !== 200) throw statusFailure(target, answer.status);
  const response = RpcResponse.safeParse(parseJson(target, answer.body));
  if (!response.success) throw invalid(target, 'is not a JSON-RPC response', response.error);
  if (response.data.error) throw rpcFailure(target, definition.name, response.data.error);
  if (response.data.id !== requestId) throw invalid(target, 'belongs to another request');
  const result = definition.result.safeParse(response.data.result);
  if (!result.success) {
    throw invalid(target, `to ${definition.name} has another shape than agreed`, result.error);
  }
  return result.data;
}

/** Names the cause of a status other than 200. */
export function statusFailure(target: string, status: number): AgentCallError {
  if (status === 404) {
    return new AgentCallError(
      `${target}: the agent refused the request (404): its path, token or secret key is not the one this manager knows, or the clocks differ; repair the agent`,
      { layer: 'token', code: 'gate_refused', retryable: false, notDelivered: true },
    );
  }
  if (status >= 500) {
    return new AgentCallError(`${target}: the agent answered ${status}`, {
      layer: 'rpc',
      code: 'server_error',
      retryable: true,
      notDelivered: false,
    });
  }
  return new AgentCallError(
    `${target}: the agent answered ${status}; agent and manager may be of versions that do not fit`,
    {
      layer: 'rpc',
      code: status === 400 ? 'bad_request' : 'unexpected_status',
      retryable: false,
      notDelivered: status === 400 || status === 413,
    },
  );
}

function rpcFailure(
  target: string,
  method: string,
  error: { code: number; message: string },
): AgentCallError {
  const name = rpcErrorName(error.code);
  return new AgentCallError(
    `${target}: ${method} failed: ${error.message.slice(0, 500)} (${name ?? String(error.code)})`,
    {
      layer: 'rpc',
      code: name ?? 'rpc_error',
      retryable: false,
      notDelivered: false,
      ...(name !== undefined && { rpcError: name }),
    },
  );
}

function parseJson(target: string, body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    // A SyntaxError: whatever answers there does not speak JSON-RPC.
    throw invalid(target, 'is not JSON', error);
  }
}

function invalid(target: string, what: string, cause?: unknown): AgentCallError {
  return new AgentCallError(
    `${target}: the answer ${what}; the agent may be broken or of a version that does not fit`,
    { layer: 'rpc', code: 'invalid_response', retryable: false, notDelivered: false },
    { cause },
  );
}
