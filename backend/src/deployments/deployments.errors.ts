import { defineError } from '../platform/errors/index.js';

/** No kind of deployment has this name. */
export const UNKNOWN_DEPLOYMENT_KIND = defineError({
  name: 'unknown_deployment_kind',
  code: 2900,
  status: 422,
  title: 'There is no such kind of deployment',
});

/** No deployment has this id. */
export const DEPLOYMENT_NOT_FOUND = defineError({
  name: 'deployment_not_found',
  code: 2901,
  status: 404,
  title: 'There is no such deployment',
});

/** The server has a deployment of this kind already. */
export const DEPLOYMENT_EXISTS = defineError({
  name: 'deployment_exists',
  code: 2902,
  status: 409,
  title: 'The server has a deployment of this kind already',
});

/** An operation works on the deployment. */
export const DEPLOYMENT_BUSY = defineError({
  name: 'deployment_busy',
  code: 2903,
  status: 409,
  title: 'An operation works on the deployment',
});

/** The deployment has no such version, or none to go back to. */
export const DEPLOYMENT_VERSION_NOT_FOUND = defineError({
  name: 'deployment_version_not_found',
  code: 2904,
  status: 404,
  title: 'The deployment has no such version',
});

/** Somebody else changed the configuration meanwhile. */
export const DEPLOYMENT_CHANGED = defineError({
  name: 'deployment_changed',
  code: 2905,
  status: 409,
  title: 'Somebody else has changed the deployment',
});

/** No server was selected to deploy to. */
export const NO_DEPLOYMENT_TARGET = defineError({
  name: 'no_deployment_target',
  code: 2906,
  status: 422,
  title: 'No server is selected',
});

/** The deployment was never applied: there is nothing to look at. */
export const DEPLOYMENT_NOT_APPLIED = defineError({
  name: 'deployment_not_applied',
  code: 2907,
  status: 409,
  title: 'The deployment was never applied',
});

/** The stored configuration is not one that this version of the manager takes. */
export const DEPLOYMENT_CONFIG_OUTDATED = defineError({
  name: 'deployment_config_outdated',
  code: 2908,
  status: 409,
  title: 'The stored configuration is of another version of the manager',
});

/** Services are deployed on the server; its agent is needed to take them away. */
export const SERVER_HAS_DEPLOYMENTS = defineError({
  name: 'server_has_deployments',
  code: 2909,
  status: 409,
  title: 'Services are deployed on the server',
});
