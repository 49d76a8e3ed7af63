import { defineError } from '../platform/errors/index.js';

/** No kind of deployment has this name. */
export const UNKNOWN_DEPLOYMENT_KIND = defineError({
  name: 'unknown_deployment_kind',
  code: 2900,
  status: 422,
  title: 'There is no such kind of deployment',
});
