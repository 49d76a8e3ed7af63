import type { JumpHostLogin } from '../platform/api/generated/models/jump-host-login';
import type { SshLogin } from '../platform/api/generated/models/ssh-login';
import type { ProbeSsh } from '../platform/api/generated/models/probe-ssh';
import type { Translate } from '../platform/i18n/i18n';
import {
  EMPTY_LOGIN,
  authOf,
  checkHost,
  checkLogin,
  checkPort,
  isComplete,
  sudoMember,
} from './login-draft';
import type { LoginDraft } from './login-draft';

/** An SSH host on the way, as it was typed. */
export interface JumpDraft {
  readonly host: string;
  readonly port: string;
  readonly login: LoginDraft;
  /** Fingerprint of the key somebody vouched for. */
  readonly accepted: string | null;
}

/** Where a server answers over SSH, as it was typed. */
export interface HostDraft {
  readonly host: string;
  readonly port: string;
  readonly jump: JumpDraft | null;
  /** Fingerprint of the key somebody vouched for. */
  readonly accepted: string | null;
}

export const EMPTY_JUMP: JumpDraft = { host: '', port: '22', login: EMPTY_LOGIN, accepted: null };

/** A draft after changes. What was vouched for belongs to the old address and goes with it. */
export function changedHost<Draft extends HostDraft>(
  before: Draft,
  changes: Partial<Draft>,
): { readonly draft: Draft; readonly isElsewhere: boolean } {
  const draft = { ...before, ...changes };
  const isElsewhere =
    draft.host !== before.host || draft.port !== before.port || draft.jump !== before.jump;
  return { draft: isElsewhere ? { ...draft, accepted: null } : draft, isElsewhere };
}

/** A jump host after changes, in the same way. */
export function changedJump(
  before: JumpDraft | null,
  changes: Partial<JumpDraft>,
): { readonly jump: JumpDraft; readonly isElsewhere: boolean } {
  const jump = { ...(before ?? EMPTY_JUMP), ...changes };
  const isElsewhere = before !== null && (jump.host !== before.host || jump.port !== before.port);
  return { jump: isElsewhere ? { ...jump, accepted: null } : jump, isElsewhere };
}

type Place = Pick<HostDraft, 'host' | 'port'> & Partial<Pick<HostDraft, 'jump'>>;

/** Whether what answers at one place is what answers at the other: a key that was seen is that of its place alone. */
export function isSamePlace(one: Place, other: Place | null): boolean {
  if (one.host !== other?.host || one.port !== other.port) return false;
  const [before, now] = [one.jump ?? null, other.jump ?? null];
  return before === null || now === null ? before === now : isSamePlace(before, now);
}

/** True when host and port can be dialled. */
export function isReachable(
  { host, port }: Pick<HostDraft, 'host' | 'port'>,
  t: Translate,
): boolean {
  return checkHost(host, t) === null && checkPort(port, t) === null;
}

/** True when a jump host has all it needs. */
export function isJumpComplete(jump: JumpDraft, t: Translate): boolean {
  return isReachable(jump, t) && jump.accepted !== null && isComplete(checkLogin(jump.login, t));
}

/** The jump host as the API takes it; its key was accepted before. */
export function jumpHostOf(jump: JumpDraft): JumpHostLogin {
  if (jump.accepted === null) throw new Error('the jump host’s key was not accepted');
  return {
    host: jump.host.trim(),
    port: Number(jump.port),
    username: jump.login.username.trim(),
    auth: authOf(jump.login),
    host_key: { fingerprint: jump.accepted },
  };
}

/** A server's new login as the API takes it; the host key was accepted before. */
export function newLoginOf(place: HostDraft, login: LoginDraft): SshLogin {
  if (place.accepted === null) throw new Error('the host key was not accepted');
  return {
    port: Number(place.port),
    username: login.username.trim(),
    auth: authOf(login),
    host_key: { fingerprint: place.accepted },
    ...sudoMember(login),
    ...(place.jump === null ? {} : { jump_host: jumpHostOf(place.jump) }),
  };
}

/** The request to look at a host, through its jump host if there is one. */
export function probeOf({ host, port, jump }: Omit<HostDraft, 'accepted'>): ProbeSsh {
  return {
    host: host.trim(),
    port: Number(port),
    ...(jump === null ? {} : { jump_host: jumpHostOf(jump) }),
  };
}
