import { defineError } from '../platform/errors/index.js';

/** No server has this id. */
export const SERVER_NOT_FOUND = defineError({
  name: 'server_not_found',
  code: 2000,
  status: 404,
  title: 'There is no such server',
});

/** Another server has this name. `server_id` names it. */
export const SERVER_NAME_TAKEN = defineError({
  name: 'server_name_taken',
  code: 2001,
  status: 409,
  title: 'Another server has this name',
});

/** The machine is already managed. `server_id` and `server_name` name the other record. */
export const DUPLICATE_MACHINE = defineError({
  name: 'duplicate_machine',
  code: 2002,
  status: 409,
  title: 'This machine is already managed',
});

/** The request does not fit how the server is connected, such as an SSH port for a local one. */
export const CONNECTION_MISMATCH = defineError({
  name: 'connection_mismatch',
  code: 2003,
  status: 422,
  title: 'The server is not connected in this way',
});

/** The server is being removed: it takes no changes any more. */
export const SERVER_BEING_REMOVED = defineError({
  name: 'server_being_removed',
  code: 2004,
  status: 409,
  title: 'The server is being removed',
});
