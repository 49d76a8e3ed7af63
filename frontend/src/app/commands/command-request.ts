import type { Command } from '../platform/api/generated/models/command';
import type { CreateCommand } from '../platform/api/generated/models/create-command';
import type { Translate } from '../platform/i18n/i18n';
import { formatCommandLine, parseCommandLine } from './command-line';
import { interpreterOf } from './command-text';

/** Interpreters a script may name. */
export const INTERPRETERS = ['bash', 'sh', 'python3'] as const;
export type Interpreter = (typeof INTERPRETERS)[number];

/** What the form holds, as it was typed. */
export interface CommandDraft {
  readonly kind: 'program' | 'script';
  readonly line: string;
  readonly interpreter: Interpreter;
  readonly body: string;
  readonly user: string;
  readonly cwd: string;
  readonly timeout: string;
  readonly env: string;
  readonly stdin: string;
}

/** Nothing typed yet. */
export const EMPTY_DRAFT: CommandDraft = {
  kind: 'program',
  line: '',
  interpreter: 'bash',
  body: '',
  user: '',
  cwd: '',
  timeout: '',
  env: '',
  stdin: '',
};

/** What is wrong with one field, in the language on screen; null when nothing is. */
export type DraftChecks = Readonly<
  Record<'line' | 'body' | 'user' | 'cwd' | 'timeout' | 'env', string | null>
>;

const LOGIN_NAME = /^[a-z_][a-z0-9_.-]{0,31}\$?$/i;

/** Checks every field; the manager checks again. */
export function checkDraft(draft: CommandDraft, t: Translate): DraftChecks {
  const isProgram = draft.kind === 'program';
  const parsed = parseCommandLine(draft.line);
  const lineProblem =
    'problem' in parsed
      ? t(parsed.problem === 'empty' ? 'run.needsCommand' : 'run.openQuote')
      : null;
  const env = parseEnvironment(draft.env);
  return {
    line: isProgram ? lineProblem : null,
    body: !isProgram && draft.body.trim() === '' ? t('run.needsCommand') : null,
    user:
      draft.user.trim() === '' || LOGIN_NAME.test(draft.user.trim()) ? null : t('run.userWrong'),
    cwd: draft.cwd.trim() === '' || draft.cwd.trim().startsWith('/') ? null : t('run.cwdWrong'),
    timeout: /^(?:[1-9]\d{0,8})?$/.test(draft.timeout.trim()) ? null : t('run.timeoutWrong'),
    env: 'wrongLine' in env ? t('run.envWrong', { line: env.wrongLine }) : null,
  };
}

/** The request for a draft that {@link checkDraft} found nothing wrong with. */
export function requestOf(draft: CommandDraft): CreateCommand {
  const parsed = parseCommandLine(draft.line);
  const [command = '', ...args] = 'argv' in parsed ? parsed.argv : [];
  const what =
    draft.kind === 'program'
      ? { command, args }
      : { script: { interpreter: draft.interpreter, body: withNewline(draft.body) } };
  const env = parseEnvironment(draft.env);
  const variables = 'variables' in env ? env.variables : {};
  return {
    ...what,
    ...(draft.user.trim() === '' ? {} : { user: draft.user.trim() }),
    ...(draft.cwd.trim() === '' ? {} : { cwd: draft.cwd.trim() }),
    ...(draft.timeout.trim() === '' ? {} : { timeout_seconds: Number(draft.timeout) }),
    ...(Object.keys(variables).length === 0 ? {} : { env: variables }),
    ...(draft.stdin === '' ? {} : { stdin: draft.stdin }),
  };
}

/** The draft that asks for the same again. Values of variables and standard input are not known any more. */
export function draftOf({ request, script }: Pick<Command, 'request' | 'script'>): CommandDraft {
  const isScript = request.script_bytes !== null;
  const interpreter = INTERPRETERS.find((name) => name === interpreterOf(request));
  return {
    ...EMPTY_DRAFT,
    kind: isScript ? 'script' : 'program',
    line: isScript ? '' : formatCommandLine([request.command, ...request.args]),
    interpreter: interpreter ?? 'sh',
    body: script ?? '',
    user: request.user ?? '',
    cwd: request.cwd ?? '',
    timeout: String(request.timeout_seconds),
    env: request.env_names.map((name) => `${name}=`).join('\n'),
  };
}

/** How many of the options behind the disclosure are set. */
export function optionsSet({ user, cwd, timeout, env, stdin }: CommandDraft): number {
  return [user, cwd, timeout, env, stdin].filter((text) => text.trim() !== '').length;
}

function parseEnvironment(
  text: string,
): { variables: Record<string, string> } | { wrongLine: number } {
  const variables: Record<string, string> = {};
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, name, value] = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return { wrongLine: index + 1 };
    variables[name] = value;
  }
  return { variables };
}

function withNewline(body: string): string {
  const unix = body.replaceAll('\r\n', '\n');
  return unix.endsWith('\n') ? unix : `${unix}\n`;
}
