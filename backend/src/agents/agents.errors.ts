import { defineError } from '../platform/errors/index.js';

/** The server has no agent yet: it was never installed or registered. */
export const AGENT_NOT_INSTALLED = defineError({
  name: 'agent_not_installed',
  code: 2400,
  status: 404,
  title: 'The server has no agent',
});

/** Every port an agent could be given is taken by another one. */
export const NO_AGENT_PORT_LEFT = defineError({
  name: 'no_agent_port_left',
  code: 2401,
  status: 409,
  title: 'There is no port left for another agent',
});

/** The agent's certificate is not known yet, so no connection can be trusted. */
export const AGENT_CERTIFICATE_UNKNOWN = defineError({
  name: 'agent_certificate_unknown',
  code: 2402,
  status: 409,
  title: 'The agent’s certificate is not known yet',
});

/** The port of an agent that has already answered cannot be changed. */
export const AGENT_PORT_FIXED = defineError({
  name: 'agent_port_fixed',
  code: 2403,
  status: 409,
  title: 'The agent’s port cannot be changed any more',
});
