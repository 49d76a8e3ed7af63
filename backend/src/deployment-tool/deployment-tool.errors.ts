import { defineError } from '../platform/errors/index.js';

/** The manager's own deployment tool is not there, or damaged. */
export const DEPLOYMENT_TOOL_BROKEN = defineError({
  name: 'deployment_tool_broken',
  code: 2800,
  status: 503,
  title: 'The deployment tool of the manager is not there',
});
