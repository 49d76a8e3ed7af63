import { z } from 'zod';

const Topics = z.array(z.string().max(128)).min(1).max(300);

/** What a client may send. */
export const ClientMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('AUTH'), token: z.string().max(512) }),
  z.strictObject({ type: z.literal('SUBSCRIBE'), topics: Topics }),
  z.strictObject({ type: z.literal('UNSUBSCRIBE'), topics: Topics }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

/**
 * What the manager sends about the connection itself. Facts are `{type, topic, data, seq}` instead, with
 * types in lower case and `seq` counting the facts of this connection.
 */
export type ControlMessage =
  | { readonly type: 'READY' }
  /** Every 30 s: a client that hears nothing for much longer is cut off without knowing, and connects anew. */
  | { readonly type: 'ALIVE' }
  | { readonly type: 'SUBSCRIBED'; readonly topics: readonly string[] }
  | { readonly type: 'UNSUBSCRIBED'; readonly topics: readonly string[] }
  | { readonly type: 'ERROR'; readonly name: string; readonly message: string };

/** Why the manager closes a connection (private use codes, RFC 6455, section 7.4.2). */
export const CLOSE = {
  /** No or no valid authentication, or it has ended. */
  unauthenticated: { code: 4401, reason: 'authenticate first' },
  /** The client reads more slowly than there is news: reconnect, and fetch anew what is shown. */
  tooSlow: { code: 4408, reason: 'too slow' },
  /** Facts may have been missed: reconnect, and fetch anew what is shown. */
  missed: { code: 4409, reason: 'facts were missed' },
  /** What the client sent is no message. */
  badMessage: { code: 4400, reason: 'not a valid message' },
  /** The manager stops. */
  goingAway: { code: 1001, reason: 'the manager stops' },
} as const;
export type CloseReason = (typeof CLOSE)[keyof typeof CLOSE];
