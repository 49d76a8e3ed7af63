import type { IncomingMessage } from 'node:http';

/** Somebody who may follow topics. */
export interface LiveSession {
  /** True when this somebody has the permission. */
  permits(permission: string): boolean;
  /** Looks again whether it is still valid, with the rights of now; null when it is not. */
  renew(): Promise<LiveSession | null>;
}

/** Tells who opens a live connection. Bound by the feature that knows sessions and tokens. */
export abstract class LiveAuthenticator {
  /**
   * Whether the page that opens the connection is ours. `unknown`: no browser, so that nobody's cookies
   * were sent along without being asked.
   */
  abstract sourceOf(request: IncomingMessage): 'same_origin' | 'cross_origin' | 'unknown';

  /** Who the upgrade request is from, by its cookie or header; null when it does not say. */
  abstract fromRequest(request: IncomingMessage): Promise<LiveSession | null>;

  /** Whose token this is; null when it is nobody's. */
  abstract fromToken(token: string, request: IncomingMessage): Promise<LiveSession | null>;
}
