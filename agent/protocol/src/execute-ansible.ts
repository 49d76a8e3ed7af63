import { z } from 'zod';
import { CommandState } from './command-state.js';
import { CommandLimits } from './execute-command.js';
import { defineMethod } from './method.js';
import { CommandId, TimeoutSeconds } from './primitives.js';

/** Where the deployment tool is on a server. */
export const DEPLOYMENT_TOOL_PATH = '/opt/myx-deployment-tool';

/** Playbooks that are not part of the deployment tool are sent to below this directory. */
export const UPLOADED_PLAYBOOKS_PATH = '/var/lib/myx-agent/uploads/playbooks';

/**
 * A playbook of the deployment tool by its path in it (`playbooks/NAME.yml`), or an uploaded one by its
 * absolute path. Plain segments only, so that nothing climbs out of its directory.
 */
export const PlaybookPath = z
  .string()
  .max(1024)
  .regex(
    /^(playbooks|\/var\/lib\/myx-agent\/uploads\/playbooks)(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+\.ya?ml$/,
    {
      error: `must be playbooks/NAME.yml, or a .yml file below ${UPLOADED_PLAYBOOKS_PATH}`,
    },
  );

/** Name of a variable of Ansible. */
export const AnsibleVariableName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be letters, digits and "_"' });

const Tags = z.array(z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,127}$/)).max(64);

/**
 * Parameters of `execute_ansible`. Variables never reach argv or the environment. Their strings are taken
 * literally: what looks like a template in them is not evaluated.
 */
export const ExecuteAnsibleParams = z.strictObject({
  command_id: CommandId,
  playbook: PlaybookPath,
  extra_vars: z.record(AnsibleVariableName, z.json()).default({}),
  /** Names in `extra_vars` whose values, also nested ones, are masked in all output. */
  secret_vars: z.array(AnsibleVariableName).max(256).default([]),
  /** Seconds after which the whole process tree is ended with outcome `timed_out`. */
  timeout: TimeoutSeconds,
  /** Tells what would change and changes nothing. */
  check: z.boolean().optional(),
  /** Tells differences of changed files. */
  diff: z.boolean().optional(),
  tags: Tags.optional(),
  skip_tags: Tags.optional(),
  verbosity: z.int().min(0).max(3).optional(),
  /** Only reads the playbook; exit status 0 when Ansible understands it. There are no events. */
  syntax_check: z.boolean().optional(),
  limits: CommandLimits.optional(),
});
export type ExecuteAnsibleParams = z.infer<typeof ExecuteAnsibleParams>;

/**
 * Runs a playbook on the server against itself, as a command like any other: the same identity, log,
 * cancel and outcomes. Standard output is a sequence of `AnsibleEvent`. `rejected` where Ansible, the
 * deployment tool or the playbook is not there.
 */
export const executeAnsible = defineMethod('execute_ansible', {
  params: ExecuteAnsibleParams,
  result: CommandState,
});
