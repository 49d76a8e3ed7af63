import type { ExecuteCommandParams } from '@myx/protocol';
import type { DbusValue } from '../systemd/dbus-values.ts';
import type { UnitProperty } from '../systemd/unit-manager.ts';
import { COPY_SCRIPT } from './copier.ts';
import type { CommandFiles } from './spool.ts';

/** What the unit of a command is made from. */
export interface CommandUnit {
  readonly params: ExecuteCommandParams;
  /** Absolute path of the program. */
  readonly program: string;
  readonly files: CommandFiles;
}

/** Between SIGTERM and SIGKILL when a unit is ended by systemd itself. */
const STOP_SECONDS = 10;
const MICROSECONDS = 1_000_000n;

/** Variables of systemd for services that a command has no use for (systemd.exec(5)). */
const SERVICE_VARIABLES = [
  'INVOCATION_ID',
  'JOURNAL_STREAM',
  'MEMORY_PRESSURE_WATCH',
  'MEMORY_PRESSURE_WRITE',
  'SYSTEMD_EXEC_PID',
];

/**
 * Properties of the unit that runs a command; names as in org.freedesktop.systemd1(5), meaning as in
 * systemd.exec(5), systemd.service(5), systemd.kill(5) and systemd.resource-control(5).
 *
 * Everything a listing of units may show is here; environment, input and script are in private files.
 */
export function commandProperties({ params, program, files }: CommandUnit): UnitProperty[] {
  const args = [params.command, ...(params.script === undefined ? [] : [files.script])];
  const variables = Object.keys(params.env ?? {});
  return [
    text('Description', `MyX command ${params.command_id}`),
    text('Type', 'exec'),
    execution('ExecStartEx', program, [...args, ...params.args], ['no-env-expand']),
    // Ended or not, it stays loaded until the agent has recorded how it ended.
    property('RemainAfterExit', 'b', true),
    text('User', params.user ?? 'root'),
    // "-~": the user's home, or the root directory where that does not exist.
    text('WorkingDirectory', params.cwd ?? '-~'),
    ...(params.stdin === undefined
      ? [text('StandardInput', 'null')]
      : [text('StandardInputFile', files.stdin)]),
    text('StandardOutputFile', files.stdoutPipe),
    text('StandardErrorFile', files.stderrPipe),
    property('EnvironmentFiles', 'a(sb)', [[files.environment, false]]),
    property(
      'UnsetEnvironment',
      'as',
      SERVICE_VARIABLES.filter((name) => !variables.includes(name)),
    ),
    text('KillMode', 'control-group'),
    property('RuntimeMaxUSec', 't', BigInt(params.timeout) * MICROSECONDS),
    property('TimeoutStopUSec', 't', BigInt(STOP_SECONDS) * MICROSECONDS),
    // Only warnings and worse: a line in the journal per command would be two for nothing.
    property('LogLevelMax', 'i', 4),
    ...limitProperties(params.limits),
  ];
}

/** Properties of the unit that copies a command's output into the spool. */
export function copyProperties(commandId: string, files: CommandFiles): UnitProperty[] {
  const paths = [files.stdout, files.stdoutPipe, files.stderr, files.stderrPipe];
  return [
    text('Description', `Output of MyX command ${commandId}`),
    text('CollectMode', 'inactive-or-failed'),
    execution(
      'ExecStartEx',
      '/bin/sh',
      ['sh', '-c', COPY_SCRIPT, 'sh', ...paths, files.outputRecord],
      ['no-env-expand'],
    ),
    text('StandardInput', 'null'),
    text('StandardOutput', 'null'),
    text('StandardError', 'null'),
    property('OOMScoreAdjust', 'i', -500),
    property('TimeoutStopUSec', 't', BigInt(STOP_SECONDS + 5) * MICROSECONDS),
    property('LogLevelMax', 'i', 4),
  ];
}

function limitProperties(limits: ExecuteCommandParams['limits']): UnitProperty[] {
  const { memory_max_bytes: memory, cpu_quota_percent: cpu, tasks_max: tasks } = limits ?? {};
  return [
    ...(memory === undefined ? [] : [property('MemoryMax', 't', BigInt(memory))]),
    // Microseconds of CPU time per second.
    ...(cpu === undefined ? [] : [property('CPUQuotaPerSecUSec', 't', BigInt(cpu) * 10_000n)]),
    ...(tasks === undefined ? [] : [property('TasksMax', 't', BigInt(tasks))]),
  ];
}

function execution(
  name: string,
  program: string,
  argv: readonly string[],
  flags: readonly string[],
): UnitProperty {
  return property(name, 'a(sasas)', [[program, argv, flags]]);
}

function text(name: string, value: string): UnitProperty {
  return property(name, 's', value);
}

function property(name: string, signature: string, value: DbusValue): UnitProperty {
  return [name, { signature, value }];
}
