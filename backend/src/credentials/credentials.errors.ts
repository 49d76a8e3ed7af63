import { defineError } from '../platform/errors/index.js';

/** The stored login is gone. */
export const CREDENTIAL_NOT_FOUND = defineError({
  name: 'credential_not_found',
  code: 1200,
  status: 404,
  title: 'There is no such credential',
});
