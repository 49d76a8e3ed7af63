import { TransportError } from './transport-error.js';

/** How a program becomes root: not at all, or by sudo, with a password or without. */
export type Elevation =
  { readonly kind: 'none' } | { readonly kind: 'sudo'; readonly password?: string };

/** What a login needs so that `sudo: true` makes a program run as root. */
export function elevationFor(
  login: { readonly isRoot: boolean; readonly sudoPassword?: string | undefined },
  sudo: boolean | undefined,
): Elevation {
  if (!sudo || login.isRoot) return { kind: 'none' };
  return login.sudoPassword === undefined
    ? { kind: 'sudo' }
    : { kind: 'sudo', password: login.sudoPassword };
}

/**
 * The argument vector that runs another one as root (sudo(8)): without a password sudo must not ask
 * (`-n`), with one it asks on stderr by the given prompt and reads the answer from stdin (`-S`). `-H`
 * sets root's home, so that root writes nothing into the login's.
 */
export function elevatedArgv(
  argv: readonly string[],
  elevation: Elevation,
  prompt: string,
): readonly string[] {
  if (elevation.kind === 'none') return argv;
  const ask = elevation.password === undefined ? ['-n'] : ['-S', '-p', prompt];
  return ['sudo', '-H', ...ask, '--', ...argv];
}

/** Recognises why sudo did not start a program; the wording is that of sudo 1.8 to 1.9 in English. */
export function sudoFailure(
  said: string,
  exitCode: number | null,
  promptsSeen: number,
): TransportError {
  const text = said.replace(/[^\x20-\x7e]+/g, ' ').trim();
  for (const [code, pattern, message] of SUDO_FAILURES) {
    if (pattern.test(text)) return new TransportError({ layer: 'sudo', code, message });
  }
  if (promptsSeen > 1)
    return new TransportError({
      layer: 'sudo',
      code: 'sudo_password_wrong',
      message: PASSWORD_WRONG,
    });
  if (exitCode === 127) {
    return new TransportError({ layer: 'sudo', code: 'sudo_missing', message: SUDO_MISSING });
  }
  return new TransportError({
    layer: 'sudo',
    code: 'sudo_failed',
    message: `sudo did not start the program${text === '' ? ' and gave no reason.' : `, it said: ${text.slice(0, 300)}`}`,
  });
}

const PASSWORD_WRONG = 'The sudo password is wrong. Correct it in the credential.';
const SUDO_MISSING =
  'The program sudo is not installed on the host. Install it, or log in as root.';

const SUDO_FAILURES = [
  [
    'sudo_password_wrong',
    /incorrect password attempt|no password was provided|sorry, try again/i,
    PASSWORD_WRONG,
  ],
  [
    'sudo_password_required',
    /a password is required|no askpass program/i,
    'sudo asks for a password. Store the sudo password in the credential, or give the login NOPASSWD rights.',
  ],
  [
    'sudo_not_allowed',
    /is not in the sudoers file|is not allowed to (execute|run sudo)|may not run sudo/i,
    'The login may not use sudo to run programs as root. Give it full sudo rights, or use another login.',
  ],
  [
    'sudo_needs_tty',
    /must have a tty/i,
    'sudo on the host demands a terminal (requiretty). Remove requiretty from its sudoers file for this login.',
  ],
  [
    'sudo_account_unusable',
    /account validation failure|account or password is expired|authentication token is no longer valid/i,
    "The host refuses the login's account or password for sudo: it has expired or is locked.",
  ],
  [
    'sudo_no_new_privileges',
    /"?no new privileges"? flag is set/i,
    'sudo cannot make anything root: what called it runs with “no new privileges”. On the manager’s own machine that is how systemd/myx-manager.service protects it: add this machine over SSH instead, by its address.',
  ],
  ['sudo_missing', /sudo:? (command )?not found|unknown command:? *['"]?sudo/i, SUDO_MISSING],
] as const;
