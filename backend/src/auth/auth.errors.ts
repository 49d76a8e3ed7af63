import { defineError } from '../platform/errors/index.js';

/** Nobody is signed in: no or no valid token, or the session has ended. */
export const AUTHENTICATION_REQUIRED = defineError({
  name: 'authentication_required',
  code: 1100,
  status: 401,
  title: 'Sign in first',
});

/** The role does not allow it. `permission` names what it would take. */
export const PERMISSION_DENIED = defineError({
  name: 'permission_denied',
  code: 1101,
  status: 403,
  title: 'Your role does not allow this',
});

/** A browser sent the request from another site, or did not say from where. */
export const CROSS_ORIGIN_REQUEST = defineError({
  name: 'cross_origin_request',
  code: 1102,
  status: 403,
  title: 'The request came from another site',
});

/** Login or password is wrong, or the user is disabled; which of them is not told. */
export const LOGIN_FAILED = defineError({
  name: 'login_failed',
  code: 1103,
  status: 401,
  title: 'Login or password is wrong',
});

/** Too many wrong passwords. `retry_after_seconds` and the Retry-After header tell how long to wait. */
export const TOO_MANY_ATTEMPTS = defineError({
  name: 'too_many_attempts',
  code: 1104,
  status: 429,
  title: 'Too many attempts',
});

/** There is a user already; the setup code is of no use any more. */
export const SETUP_DONE = defineError({
  name: 'setup_done',
  code: 1105,
  status: 409,
  title: 'The manager is set up already',
});

/** The setup code is wrong or has expired. */
export const SETUP_CODE_INVALID = defineError({
  name: 'setup_code_invalid',
  code: 1106,
  status: 403,
  title: 'The setup code is not valid',
});

/** Too many wrong setup codes: a restart prints a new one. */
export const SETUP_CODE_LOCKED = defineError({
  name: 'setup_code_locked',
  code: 1107,
  status: 403,
  title: 'The setup code is locked',
});

/** No user has this id. */
export const USER_NOT_FOUND = defineError({
  name: 'user_not_found',
  code: 1108,
  status: 404,
  title: 'There is no such user',
});

/** Another user has this login. */
export const LOGIN_TAKEN = defineError({
  name: 'login_taken',
  code: 1109,
  status: 409,
  title: 'Another user has this login',
});

/** Without this administrator nobody could manage users any more. */
export const LAST_ADMIN = defineError({
  name: 'last_admin',
  code: 1110,
  status: 409,
  title: 'This is the last administrator',
});

/** No API token has this id. */
export const TOKEN_NOT_FOUND = defineError({
  name: 'token_not_found',
  code: 1111,
  status: 404,
  title: 'There is no such API token',
});

/** A token that is not revoked has this name. */
export const TOKEN_NAME_TAKEN = defineError({
  name: 'token_name_taken',
  code: 1112,
  status: 409,
  title: 'Another API token has this name',
});

/** Nobody can hand out a role above their own. */
export const ROLE_TOO_HIGH = defineError({
  name: 'role_too_high',
  code: 1113,
  status: 403,
  title: 'The role is above your own',
});

/** No session of yours has this id. */
export const SESSION_NOT_FOUND = defineError({
  name: 'session_not_found',
  code: 1114,
  status: 404,
  title: 'There is no such session',
});

/** The password does not follow the rules. */
export const PASSWORD_REFUSED = defineError({
  name: 'password_refused',
  code: 1115,
  status: 422,
  title: 'The password cannot be used',
});

/** Only a person with a session can do this, not an API token. */
export const SESSION_REQUIRED = defineError({
  name: 'session_required',
  code: 1116,
  status: 403,
  title: 'This needs a signed-in person',
});
