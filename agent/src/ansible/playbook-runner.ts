import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CommandState, ExecuteAnsibleParams, ExecuteCommandParams } from '@myx/protocol';
import type { CommandService } from '../commands/command-service.ts';
import { DEFAULT_PATH, findProgram } from '../commands/program-lookup.ts';
import { requestDigest } from '../commands/request-digest.ts';
import type { CommandFiles } from '../commands/spool.ts';
import type { CommandPlan } from '../commands/start-request.ts';
import { ROOT_ACCOUNT } from '../commands/user-account.ts';
import type { Places } from '../config/places.ts';
import { findPlaybook } from './playbook-place.ts';
import { variablesFile } from './variables-file.ts';

const PROGRAM = 'ansible-playbook';
const CONFIG = 'ansible.cfg';
const INVENTORY = 'inventory/localhost.ini';

/** Runs playbooks on this server against itself, each as a command of the spool. */
export class PlaybookRunner {
  readonly #commands: CommandService;
  readonly #places: Places;

  constructor(commands: CommandService, places: Places) {
    this.#commands = commands;
    this.#places = places;
  }

  /** `execute_ansible`. */
  execute(params: ExecuteAnsibleParams): Promise<CommandState> {
    return this.#commands.start({
      commandId: params.command_id,
      digest: requestDigest(params),
      plan: (files) => planPlaybook(params, this.#places, files),
    });
  }
}

/** Decides what `execute_ansible` runs. */
export function planPlaybook(
  params: ExecuteAnsibleParams,
  places: Pick<Places, 'toolDirectory' | 'uploadsDirectory'>,
  files: CommandFiles,
): CommandPlan {
  const { file, fault } = findPlaybook(params.playbook, places);
  const command: ExecuteCommandParams = {
    command_id: params.command_id,
    command: PROGRAM,
    args: argumentsOf(params, file, files),
    timeout: params.timeout,
    cwd: places.toolDirectory,
    env: environmentOf(params, places.toolDirectory, files),
    ...(params.limits === undefined ? {} : { limits: params.limits }),
  };
  return {
    params: command,
    variables: variablesFile(params.extra_vars),
    rejection: toolFault(places.toolDirectory) ?? fault ?? programFault(),
  };
}

/** Options of ansible-playbook(1); nothing secret, because everybody on the server can read them. */
function argumentsOf(params: ExecuteAnsibleParams, file: string, files: CommandFiles): string[] {
  const { check, diff, tags, skip_tags: skipTags, verbosity = 0, syntax_check: syntax } = params;
  return [
    ...['--inventory', INVENTORY, '--connection', 'local'],
    ...['--extra-vars', `@${files.variables}`],
    ...(check === true ? ['--check'] : []),
    ...(diff === true ? ['--diff'] : []),
    ...(tags === undefined || tags.length === 0 ? [] : ['--tags', tags.join(',')]),
    ...(skipTags === undefined || skipTags.length === 0 ? [] : ['--skip-tags', skipTags.join(',')]),
    ...(verbosity === 0 ? [] : [`-${'v'.repeat(verbosity)}`]),
    ...(syntax === true ? ['--syntax-check'] : []),
    ...['--', file],
  ];
}

/**
 * Everything that Ansible keeps while it runs, some of it made from secrets, goes into the command's own
 * directory and so goes with it, also when Ansible was killed.
 */
function environmentOf(
  params: ExecuteAnsibleParams,
  toolDirectory: string,
  { scratch }: CommandFiles,
): Record<string, string> {
  return {
    PATH: DEFAULT_PATH,
    HOME: ROOT_ACCOUNT.home,
    LC_ALL: 'C.UTF-8',
    PYTHONUNBUFFERED: '1',
    // The tool's directory stays as it was sent.
    PYTHONDONTWRITEBYTECODE: '1',
    ANSIBLE_CONFIG: path.join(toolDirectory, CONFIG),
    ANSIBLE_HOME: scratch,
    ANSIBLE_LOCAL_TEMP: path.join(scratch, 'tmp'),
    ANSIBLE_REMOTE_TEMP: path.join(scratch, 'tmp'),
    ANSIBLE_ASYNC_DIR: path.join(scratch, 'async'),
    // Names alone: the callback finds their values among Ansible's variables and masks them.
    MYX_SECRET_VARS: JSON.stringify(params.secret_vars),
  };
}

function toolFault(toolDirectory: string): string | undefined {
  if (existsSync(path.join(toolDirectory, CONFIG))) return undefined;
  return `the deployment tool is not on this server: there is no ${CONFIG} in ${toolDirectory}`;
}

function programFault(): string | undefined {
  if (findProgram(PROGRAM) !== undefined) return undefined;
  return `Ansible is not installed: there is no ${PROGRAM} in ${DEFAULT_PATH}`;
}
