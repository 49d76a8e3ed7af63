export { LiveAuthenticator } from './live-authenticator.js';
export type { LiveSession } from './live-authenticator.js';
export { LiveBus } from './live-bus.js';
export type { LiveMessage } from './live-bus.js';
export { LIVE_PATH, LiveGateway } from './live-gateway.js';
export { LiveRelay } from './live-relay.js';
export { LiveTopics } from './live-topics.js';
