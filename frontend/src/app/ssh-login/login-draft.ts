import type { SshAuth } from '../platform/api/generated/models/ssh-auth';
import type { Translate } from '../platform/i18n/i18n';
import { inspectKey } from './private-key';

/** How to log in over SSH, as it was typed. Lives in memory only. */
export interface LoginDraft {
  readonly username: string;
  readonly kind: 'private_key' | 'password';
  readonly password: string;
  readonly privateKey: string;
  readonly passphrase: string;
  readonly sudoPassword: string;
}

/** Nothing typed yet. */
export const EMPTY_LOGIN: LoginDraft = {
  username: 'root',
  kind: 'private_key',
  password: '',
  privateKey: '',
  passphrase: '',
  sudoPassword: '',
};

/** What is wrong with one field; null when nothing is. */
export type LoginChecks = Readonly<
  Record<'username' | 'password' | 'privateKey' | 'passphrase', string | null>
>;

const USERNAME = /^[^\s\p{C}:-][^\s\p{C}:]{0,127}$/u;

/** Checks a login before it is sent; the manager and the server check again. */
export function checkLogin(draft: LoginDraft, t: Translate): LoginChecks {
  const isKey = draft.kind === 'private_key';
  const key = inspectKey(draft.privateKey);
  const keyProblem =
    key === 'missing'
      ? t('login.keyMissing')
      : key === 'public'
        ? t('login.keyPublic')
        : key === 'unknown'
          ? t('login.keyUnknown')
          : null;
  return {
    username: USERNAME.test(draft.username.trim()) ? null : t('login.usernameWrong'),
    password: !isKey && draft.password === '' ? t('field.required') : null,
    privateKey: isKey ? keyProblem : null,
    passphrase:
      isKey && key === 'encrypted' && draft.passphrase === '' ? t('login.passphraseNeeded') : null,
  };
}

/** True when nothing is wrong. */
export function isComplete(checks: LoginChecks): boolean {
  return Object.values(checks).every((text) => text === null);
}

/** The login's secret part as the API takes it. */
export function authOf(draft: LoginDraft): SshAuth {
  if (draft.kind === 'password') return { type: 'password', password: draft.password };
  const key = draft.privateKey.replaceAll('\r\n', '\n').trim();
  return {
    type: 'private_key',
    private_key: `${key}\n`,
    ...(draft.passphrase === '' ? {} : { passphrase: draft.passphrase }),
  };
}

/** The password for sudo: the login's own unless another was given; null where none is needed or known. */
export function sudoPasswordOf(draft: LoginDraft): string | null {
  if (draft.username.trim() === 'root') return null;
  if (draft.sudoPassword !== '') return draft.sudoPassword;
  return draft.kind === 'password' ? draft.password : null;
}

/** The member of a request with the password for sudo, if there is one. */
export function sudoMember(draft: LoginDraft): { readonly sudo_password?: string } {
  const password = sudoPasswordOf(draft);
  return password === null ? {} : { sudo_password: password };
}

/** Splits `user@host:port` and `[::1]:22`; what is not there is null. */
export function parseAddress(text: string): {
  readonly user: string | null;
  readonly host: string;
  readonly port: number | null;
} {
  const at = text.trim().lastIndexOf('@');
  const user = at > 0 ? text.trim().slice(0, at) : null;
  const rest = text.trim().slice(at + 1);
  const [, bracketed, bracketPort] = /^\[([^\]]+)\](?::(\d+))?$/.exec(rest) ?? [];
  if (bracketed !== undefined) {
    return { user, host: bracketed, port: bracketPort === undefined ? null : Number(bracketPort) };
  }
  // More than one colon is an IPv6 address without a port.
  const [, host, port] = /^([^:]+):(\d+)$/.exec(rest) ?? [];
  if (host !== undefined) return { user, host, port: Number(port) };
  return { user, host: rest, port: null };
}

const HOST = /^[A-Za-z0-9_.:][A-Za-z0-9._:-]{0,252}$/;

/** What is wrong with a host name or address; null when nothing is. */
export function checkHost(host: string, t: Translate): string | null {
  if (host.trim() === '') return t('field.required');
  return HOST.test(host.trim()) ? null : t('login.hostWrong');
}

/** What is wrong with a port; null when nothing is. */
export function checkPort(port: string, t: Translate): string | null {
  const isPort = /^\d{1,5}$/.test(port.trim()) && Number(port) >= 1 && Number(port) <= 65_535;
  return isPort ? null : t('login.portWrong');
}
