import { defineError } from '../platform/errors/index.js';

/** The server does not answer on SSH. `layer` and `cause` say where it fails. */
export const SSH_UNREACHABLE = defineError({
  name: 'ssh_unreachable',
  code: 2100,
  status: 502,
  title: 'The server cannot be reached over SSH',
});

/** The host key that the server presents is not the one to be accepted. `seen` is its fingerprint. */
export const HOST_KEY_MISMATCH = defineError({
  name: 'host_key_mismatch',
  code: 2101,
  status: 409,
  title: 'The server presents another host key',
});

/** The agents to install are not built, or damaged. */
export const ARTEFACTS_MISSING = defineError({
  name: 'artefacts_missing',
  code: 2300,
  status: 503,
  title: 'The agent to install is not there',
});

/** The agent does not answer as it must. `layer` and `cause` say where it fails. */
export const AGENT_UNREACHABLE = defineError({
  name: 'agent_unreachable',
  code: 2301,
  status: 502,
  title: 'The agent cannot be reached',
});

/** The certificate that the agent presents is not the one to be accepted. */
export const CERTIFICATE_MISMATCH = defineError({
  name: 'certificate_mismatch',
  code: 2302,
  status: 409,
  title: 'The agent presents another certificate',
});

/** An operation works on the server. `operation_id` names it. */
export const SERVER_BUSY = defineError({
  name: 'server_busy',
  code: 2303,
  status: 409,
  title: 'An operation works on the server',
});
