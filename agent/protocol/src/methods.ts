import type { z } from 'zod';
import { cancelCommand } from './cancel-command.js';
import { executeAnsible } from './execute-ansible.js';
import { executeCommand } from './execute-command.js';
import { forgetCommand } from './forget-command.js';
import { getCommandLog } from './get-command-log.js';
import { getPort } from './get-port.js';
import { getStatus } from './get-status.js';
import { healthCheck } from './health-check.js';
import { heartbeat } from './heartbeat.js';
import { listCommands } from './list-commands.js';

/** All methods an agent of this version serves. Nothing else is callable. */
export const METHODS = {
  health_check: healthCheck,
  heartbeat,
  get_status: getStatus,
  get_port: getPort,
  execute_command: executeCommand,
  execute_ansible: executeAnsible,
  get_command_log: getCommandLog,
  cancel_command: cancelCommand,
  list_commands: listCommands,
  forget_command: forgetCommand,
} as const;

/** Name of a method of {@link METHODS}. */
export type MethodName = keyof typeof METHODS;

/** Parsed parameters of a method. */
export type ParamsOf<Name extends MethodName> = z.infer<(typeof METHODS)[Name]['params']>;

/** Parsed result of a method. */
export type ResultOf<Name extends MethodName> = z.infer<(typeof METHODS)[Name]['result']>;

/** What an agent must implement: one handler per method, or it does not compile. */
export type Handlers = {
  readonly [Name in MethodName]: (params: ParamsOf<Name>) => Promise<ResultOf<Name>>;
};
