import { z } from 'zod';

/** JSON-RPC 2.0 request (section 4). Batches and notifications are refused. */
export const RpcRequest = z.strictObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string().max(64), z.int()]),
  method: z.string().max(64),
  params: z.record(z.string(), z.unknown()).optional(),
});
export type RpcRequest = z.infer<typeof RpcRequest>;

/** JSON-RPC 2.0 response (section 5): exactly one of `result` and `error`. */
export const RpcResponse = z.union([
  z.object({
    jsonrpc: z.literal('2.0'),
    id: z.union([z.string(), z.number()]),
    result: z.unknown().refine((result) => result !== undefined),
    error: z.undefined().optional(),
  }),
  z.object({
    jsonrpc: z.literal('2.0'),
    id: z.union([z.string(), z.number(), z.null()]),
    error: z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() }),
  }),
]);
export type RpcResponse = z.infer<typeof RpcResponse>;
