/** Reads a version with `ansible-playbook --syntax-check` on a server. */
export const CHECK_PLAYBOOK = 'check_playbook';

/** Runs a playbook on a server. */
export const RUN_PLAYBOOK = 'run_playbook';
