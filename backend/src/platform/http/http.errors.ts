import { defineError } from '../errors/index.js';

/** The request does not match the endpoint's schema. `errors` lists path and message. */
export const INVALID_REQUEST = defineError({
  name: 'invalid_request',
  code: 1000,
  status: 400,
  title: 'The request is not valid',
});

/** No such path, or no such method on it. */
export const ROUTE_NOT_FOUND = defineError({
  name: 'route_not_found',
  code: 1001,
  status: 404,
  title: 'There is nothing at this address',
});

/** The body is larger than the endpoint takes. */
export const BODY_TOO_LARGE = defineError({
  name: 'body_too_large',
  code: 1002,
  status: 413,
  title: 'The request body is too large',
});

/** Only `application/json` is taken. */
export const UNSUPPORTED_MEDIA_TYPE = defineError({
  name: 'unsupported_media_type',
  code: 1003,
  status: 415,
  title: 'The content type is not supported',
});

/** The manager or its database is not ready. */
export const NOT_READY = defineError({
  name: 'not_ready',
  code: 5001,
  status: 503,
  title: 'The manager is not ready',
});

/** A bug or a broken dependency. The log has the details under the correlation id. */
export const INTERNAL_ERROR = defineError({
  name: 'internal_error',
  code: 5000,
  status: 500,
  title: 'Something went wrong inside the manager',
});
