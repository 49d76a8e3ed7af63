import { defineError } from '../platform/errors/index.js';

/** No command has this id, or it was removed after its retention. */
export const COMMAND_NOT_FOUND = defineError({
  name: 'command_not_found',
  code: 2500,
  status: 404,
  title: 'There is no such command',
});

/** No run has this id, or it was removed after its retention. */
export const RUN_NOT_FOUND = defineError({
  name: 'run_not_found',
  code: 2501,
  status: 404,
  title: 'There is no such run',
});

/** The key was used before for another request. */
export const IDEMPOTENCY_KEY_REUSED = defineError({
  name: 'idempotency_key_reused',
  code: 2502,
  status: 422,
  title: 'The idempotency key was used for another request',
});

/** Arguments, environment, standard input and script together are more than an agent takes. */
export const COMMAND_TOO_LARGE = defineError({
  name: 'command_too_large',
  code: 2503,
  status: 413,
  title: 'The command is too large',
});

/** The cancel is stored, but the agent cannot be reached to carry it out now. */
export const CANCEL_PENDING = defineError({
  name: 'cancel_pending',
  code: 2504,
  status: 504,
  title: 'The agent cannot be reached to cancel the command now',
});

/** The selection of a run matches no server. */
export const NO_SERVER_SELECTED = defineError({
  name: 'no_server_selected',
  code: 2505,
  status: 422,
  title: 'The run selects no server',
});

/** The offset is greater than what the stream has so far. `stream_size` tells how much that is. */
export const OUTPUT_OUT_OF_RANGE = defineError({
  name: 'output_out_of_range',
  code: 2506,
  status: 416,
  title: 'The offset lies behind the end of the output',
});
