import { defineError } from '../../platform/errors/index.js';

/** The server could not look for camouflage targets. `layer` says where it failed. */
export const REALITY_SCAN_FAILED = defineError({
  name: 'reality_scan_failed',
  code: 2970,
  status: 502,
  title: 'The scan of camouflage targets failed on the server',
});

/** The deployment is not one of Xray: it has no clients. */
export const NOT_AN_XRAY = defineError({
  name: 'not_an_xray_deployment',
  code: 2971,
  status: 409,
  title: 'This deployment is not an Xray',
});

/** No client of the deployment has this id. */
export const XRAY_CLIENT_NOT_FOUND = defineError({
  name: 'xray_client_not_found',
  code: 2972,
  status: 404,
  title: 'There is no such client',
});

/** Another client of the deployment has this name. */
export const XRAY_CLIENT_NAME_TAKEN = defineError({
  name: 'xray_client_name_taken',
  code: 2973,
  status: 409,
  title: 'Another client has this name',
});

/** The subscription does not exist, was revoked, or its client is disabled: nobody is told which. */
export const SUBSCRIPTION_NOT_FOUND = defineError({
  name: 'subscription_not_found',
  code: 2974,
  status: 404,
  title: 'There is no such subscription',
});

/** The client has no link for this inbound. */
export const XRAY_LINK_NOT_FOUND = defineError({
  name: 'xray_link_not_found',
  code: 2975,
  status: 404,
  title: 'There is no such link',
});
