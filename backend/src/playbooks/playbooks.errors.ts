import { defineError } from '../platform/errors/index.js';

/** No playbook has this id or name. */
export const PLAYBOOK_NOT_FOUND = defineError({
  name: 'playbook_not_found',
  code: 2850,
  status: 404,
  title: 'There is no such playbook',
});

/** Another playbook, or one that comes with MyX, has this name. */
export const PLAYBOOK_NAME_TAKEN = defineError({
  name: 'playbook_name_taken',
  code: 2851,
  status: 409,
  title: 'Another playbook has this name',
});

/** The playbook comes with MyX and cannot be changed. */
export const PLAYBOOK_READ_ONLY = defineError({
  name: 'playbook_read_only',
  code: 2852,
  status: 409,
  title: 'The playbook comes with MyX and cannot be changed',
});

/** The text is no playbook. `errors` tells every `line`, `column` and `message`. */
export const INVALID_PLAYBOOK = defineError({
  name: 'invalid_playbook',
  code: 2853,
  status: 422,
  title: 'The text is not a playbook',
});

/** The playbook has no such version. */
export const PLAYBOOK_VERSION_NOT_FOUND = defineError({
  name: 'playbook_version_not_found',
  code: 2854,
  status: 404,
  title: 'The playbook has no such version',
});

/** The playbook was changed meanwhile. `latest_version` tells the version it has now. */
export const PLAYBOOK_CHANGED = defineError({
  name: 'playbook_changed',
  code: 2855,
  status: 409,
  title: 'The playbook was changed meanwhile',
});

/** The version passed its syntax check already. */
export const PLAYBOOK_CHECKED_ALREADY = defineError({
  name: 'playbook_checked_already',
  code: 2856,
  status: 409,
  title: 'The version passed its syntax check already',
});

/** The version did not pass a syntax check, so it does not run. `state` tells where it is. */
export const PLAYBOOK_NOT_USABLE = defineError({
  name: 'playbook_not_usable',
  code: 2857,
  status: 409,
  title: 'The playbook did not pass a syntax check yet',
});

/** Runs of the playbook have not ended. */
export const PLAYBOOK_IN_USE = defineError({
  name: 'playbook_in_use',
  code: 2858,
  status: 409,
  title: 'The playbook is running',
});

/** Variables are missing or of another type than declared. `errors` tells each `name` and `message`. */
export const INVALID_PLAYBOOK_VARIABLES = defineError({
  name: 'invalid_playbook_variables',
  code: 2859,
  status: 422,
  title: 'The variables do not fit the playbook',
});

/** No run has this id, or it was removed after its retention. */
export const PLAYBOOK_RUN_NOT_FOUND = defineError({
  name: 'playbook_run_not_found',
  code: 2860,
  status: 404,
  title: 'There is no such playbook run',
});

/** The run has no such server. */
export const PLAYBOOK_RUN_SERVER_NOT_FOUND = defineError({
  name: 'playbook_run_server_not_found',
  code: 2861,
  status: 404,
  title: 'The playbook run has no such server',
});

/** The run is not in a state for this. `state` tells which it is in. */
export const PLAYBOOK_RUN_STATE_CONFLICT = defineError({
  name: 'playbook_run_state_conflict',
  code: 2862,
  status: 409,
  title: 'The playbook run is not in a state for this',
});

/** Values of variables together are more than an agent takes. */
export const PLAYBOOK_VARIABLES_TOO_LARGE = defineError({
  name: 'playbook_variables_too_large',
  code: 2864,
  status: 413,
  title: 'The variables are too large',
});
