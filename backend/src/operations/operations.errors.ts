import { defineError } from '../platform/errors/index.js';

/** No operation has this id. */
export const OPERATION_NOT_FOUND = defineError({
  name: 'operation_not_found',
  code: 2200,
  status: 404,
  title: 'There is no such operation',
});

/** Operations of this type do not exist, or cannot be asked for directly. */
export const UNKNOWN_OPERATION_TYPE = defineError({
  name: 'unknown_operation_type',
  code: 2201,
  status: 422,
  title: 'There is no operation of this type to ask for',
});

/** The operation is not in a state in which this can be done. `state` tells which it is in. */
export const OPERATION_STATE_CONFLICT = defineError({
  name: 'operation_state_conflict',
  code: 2202,
  status: 409,
  title: 'The operation is not in a state for this',
});

/** Too many operations wait for this server. */
export const TOO_MANY_OPERATIONS = defineError({
  name: 'too_many_operations',
  code: 2203,
  status: 429,
  title: 'Too many operations wait for this server',
});

/** The operation was about a server that was removed. */
export const OPERATION_WITHOUT_SERVER = defineError({
  name: 'operation_without_server',
  code: 2204,
  status: 409,
  title: 'The server of this operation was removed',
});
