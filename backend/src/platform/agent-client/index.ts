export { AgentCallError, CONNECTION_REPLACED } from './agent-call-error.js';
export type { AgentCallFailure, AgentCallLayer } from './agent-call-error.js';
export { AgentClient } from './agent-client.js';
export type {
  CallOptions,
  FileToSend,
  ReadOptions,
  RetryNotice,
  SendOptions,
} from './agent-client.js';
export { hostAndPort, normaliseFingerprint } from './agent-endpoint.js';
export type { AgentEndpoint, ClientCertificate, PinnedCertificate } from './agent-endpoint.js';
export { fetchCertificate } from './fetch-certificate.js';
export type { FetchCertificateOptions } from './fetch-certificate.js';
export { UndiciAgentClient } from './undici-agent-client.js';
export type { AgentClientOptions } from './undici-agent-client.js';
