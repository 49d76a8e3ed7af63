import type { CreateServer } from '../platform/api/generated/models/create-server';
import type { JumpHostLogin } from '../platform/api/generated/models/jump-host-login';
import type { Translate } from '../platform/i18n/i18n';
import { parseLabels } from '../servers/label-rules';
import {
  EMPTY_LOGIN,
  authOf,
  checkHost,
  checkLogin,
  checkPort,
  isComplete,
  sudoMember,
} from '../ssh-login/login-draft';
import type { LoginDraft } from '../ssh-login/login-draft';

/** The steps of adding a server, in their order. */
export const ADD_STEPS = ['address', 'hostKey', 'login', 'name', 'review'] as const;
export type AddStep = (typeof ADD_STEPS)[number];

/** An SSH host on the way, as it was typed. */
export interface JumpDraft {
  readonly host: string;
  readonly port: string;
  readonly login: LoginDraft;
  /** Fingerprint of the key somebody vouched for. */
  readonly accepted: string | null;
}

/** A server to add, as it was typed. Lives in memory only: it holds secrets. */
export interface ServerDraft {
  readonly host: string;
  readonly port: string;
  readonly jump: JumpDraft | null;
  /** Fingerprint of the key somebody vouched for. */
  readonly accepted: string | null;
  readonly login: LoginDraft;
  readonly name: string;
  readonly labels: string;
}

export const EMPTY_JUMP: JumpDraft = { host: '', port: '22', login: EMPTY_LOGIN, accepted: null };

export const EMPTY_SERVER: ServerDraft = {
  host: '',
  port: '22',
  jump: null,
  accepted: null,
  login: EMPTY_LOGIN,
  name: '',
  labels: '',
};

const NAME = /^[A-Za-z0-9_.:][A-Za-z0-9._:-]{0,99}$/;

/** What is wrong with a server's name; null when nothing is. */
export function checkName(name: string, t: Translate): string | null {
  if (name.trim() === '') return t('field.required');
  return NAME.test(name.trim()) ? null : t('add.nameWrong');
}

/** True when a step has all it needs. */
export function isStepComplete(step: AddStep, draft: ServerDraft, t: Translate): boolean {
  switch (step) {
    case 'address':
      return isReachable(draft, t) && (draft.jump === null || isJumpComplete(draft.jump, t));
    case 'hostKey':
      return draft.accepted !== null;
    case 'login':
      return isComplete(checkLogin(draft.login, t));
    case 'name':
      return checkName(draft.name, t) === null && !('problem' in parseLabels(draft.labels, t));
    case 'review':
      return true;
  }
}

function isReachable({ host, port }: { host: string; port: string }, t: Translate): boolean {
  return checkHost(host, t) === null && checkPort(port, t) === null;
}

function isJumpComplete(jump: JumpDraft, t: Translate): boolean {
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

/** The request for a draft whose steps are all complete. */
export function createRequestOf(draft: ServerDraft, t: Translate): CreateServer {
  if (draft.accepted === null) throw new Error('the host key was not accepted');
  const labels = parseLabels(draft.labels, t);
  const { login, jump } = draft;
  return {
    name: draft.name.trim(),
    host: draft.host.trim(),
    labels: 'labels' in labels ? labels.labels : {},
    install: true,
    ssh: {
      port: Number(draft.port),
      username: login.username.trim(),
      auth: authOf(login),
      host_key: { fingerprint: draft.accepted },
      ...sudoMember(login),
      ...(jump === null ? {} : { jump_host: jumpHostOf(jump) }),
    },
  };
}

/** A name to begin with: the first part of a host name; an address as it is. */
export function suggestedName(host: string): string {
  const text = host.trim();
  if (/^[\d.]+$/.test(text) || text.includes(':')) return text.replaceAll(':', '-');
  return text.split('.')[0] ?? '';
}
