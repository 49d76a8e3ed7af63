/** A fact the manager announced. Small: big things are fetched by their id. */
export interface LiveMessage {
  /** `<objects>` or `<objects>:<id>`. */
  readonly topic: string;
  /** `<object>_<verb>`, such as `server_changed`. */
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What comes in on the live connection. */
export type LiveFrame =
  | { readonly kind: 'ready' }
  | { readonly kind: 'subscribed' | 'unsubscribed'; readonly topics: readonly string[] }
  | { readonly kind: 'fact'; readonly message: LiveMessage };

/** Code with which the manager closes the connection of somebody who is not signed in any more. */
export const CLOSED_UNAUTHENTICATED = 4401;

/** Code of a connection that ended without a goodbye (RFC 6455, section 7.4.1). */
export const CLOSED_ABNORMALLY = 1006;

/** Reads one frame. Null for what is not known here: a newer manager may say more. */
export function parseFrame(text: string): LiveFrame | null {
  const frame = parseObject(text);
  if (frame === null) return null;
  const { type, topic, topics, data } = frame;
  if (type === 'READY') return { kind: 'ready' };
  const kind = type === 'SUBSCRIBED' ? 'subscribed' : 'unsubscribed';
  if ((type === 'SUBSCRIBED' || type === 'UNSUBSCRIBED') && Array.isArray(topics)) {
    return { kind, topics: topics.filter((name) => typeof name === 'string') };
  }
  const isFact = typeof type === 'string' && typeof topic === 'string' && isObject(data);
  return isFact ? { kind: 'fact', message: { topic, type, data } } : null;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch (error) {
    // Not JSON: nothing of ours. The connection itself goes on.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
