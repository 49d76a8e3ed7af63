import type { PlainKey } from '../../i18n/en';
import type { IconName } from './icons';

/** Meaning of a colour. */
export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'idle';

/** How a state is shown: never by colour alone. */
export interface StatusLook {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly label: PlainKey;
  /** It is going on: the icon turns. */
  readonly active?: boolean;
}

function looks<State extends string>(
  prefix: string,
  table: Readonly<Record<State, readonly [Tone, IconName] | readonly [Tone, IconName, 'active']>>,
): Readonly<Record<State, StatusLook>> {
  const entries = Object.entries<readonly [Tone, IconName, 'active'?]>(table);
  return Object.fromEntries(
    entries.map(([state, [tone, icon, active]]) => [
      state,
      { tone, icon, label: `status.${prefix}.${state}` as PlainKey, active: active !== undefined },
    ]),
  ) as Record<State, StatusLook>;
}

/** States of a server. */
export const SERVER_STATUS = looks('server', {
  new: ['idle', 'circle-dashed'],
  installing: ['info', 'loader', 'active'],
  online: ['ok', 'circle-check'],
  degraded: ['warn', 'warning'],
  offline: ['bad', 'octagon-x'],
  install_failed: ['bad', 'circle-x'],
  host_key_changed: ['bad', 'shield-alert'],
  certificate_changed: ['bad', 'shield-alert'],
  removing: ['idle', 'loader', 'active'],
});
export type ServerStatus = keyof typeof SERVER_STATUS;

/** States and outcomes of a command. */
export const COMMAND_STATUS = looks('command', {
  queued: ['idle', 'clock'],
  running: ['info', 'loader', 'active'],
  succeeded: ['ok', 'circle-check'],
  failed: ['bad', 'circle-x'],
  timed_out: ['bad', 'timer'],
  cancelled: ['idle', 'ban'],
  rejected: ['warn', 'circle-minus'],
  lost: ['warn', 'help'],
});
export type CommandStatus = keyof typeof COMMAND_STATUS;

/** States of an operation. */
export const OPERATION_STATUS = looks('operation', {
  pending: ['idle', 'clock'],
  running: ['info', 'loader', 'active'],
  succeeded: ['ok', 'circle-check'],
  failed: ['bad', 'circle-x'],
  cancelled: ['idle', 'ban'],
  cleanup_pending: ['warn', 'warning'],
});
export type OperationStatus = keyof typeof OPERATION_STATUS;

/** States of a deployment; its versions end in some of them. */
export const DEPLOYMENT_STATUS = looks('deployment', {
  planned: ['idle', 'circle-dashed'],
  applying: ['info', 'loader', 'active'],
  healthy: ['ok', 'circle-check'],
  degraded: ['bad', 'octagon-x'],
  rolled_back: ['warn', 'undo'],
  failed: ['bad', 'circle-x'],
  drifted: ['warn', 'warning'],
  uninstalling: ['idle', 'loader', 'active'],
});
export type DeploymentStatus = keyof typeof DEPLOYMENT_STATUS;

/** States of a step. */
export const STEP_STATUS = looks('step', {
  pending: ['idle', 'circle-dashed'],
  running: ['info', 'loader', 'active'],
  succeeded: ['ok', 'circle-check'],
  skipped: ['ok', 'check'],
  failed: ['bad', 'circle-x'],
  undone: ['idle', 'undo'],
  undo_failed: ['bad', 'warning'],
});
export type StepStatus = keyof typeof STEP_STATUS;

/** States of a task of a playbook. */
export const TASK_STATUS = looks('task', {
  ok: ['ok', 'check'],
  changed: ['info', 'edit'],
  failed: ['bad', 'circle-x'],
  ignored: ['warn', 'warning'],
  skipped: ['idle', 'circle-minus'],
  unreachable: ['bad', 'unplug'],
  running: ['info', 'loader', 'active'],
});
export type TaskStatus = keyof typeof TASK_STATUS;

/** States of a version of a playbook. */
export const PLAYBOOK_STATUS = looks('playbook', {
  draft: ['idle', 'circle-dashed'],
  checking: ['info', 'loader', 'active'],
  usable: ['ok', 'circle-check'],
  invalid: ['bad', 'circle-x'],
});
export type PlaybookStatus = keyof typeof PLAYBOOK_STATUS;
