import type { CreateServer } from '../platform/api/generated/models/create-server';
import type { Translate } from '../platform/i18n/i18n';
import { parseLabels } from '../servers/label-rules';
import { isJumpComplete, isReachable, newLoginOf } from '../ssh-login/host-draft';
import type { HostDraft } from '../ssh-login/host-draft';
import { EMPTY_LOGIN, checkLogin, isComplete } from '../ssh-login/login-draft';
import type { LoginDraft } from '../ssh-login/login-draft';

/** The steps of adding a server, in their order. */
export const ADD_STEPS = ['address', 'hostKey', 'login', 'name', 'review'] as const;
export type AddStep = (typeof ADD_STEPS)[number];

/** A server to add, as it was typed. Lives in memory only: it holds secrets. */
export interface ServerDraft extends HostDraft {
  readonly login: LoginDraft;
  readonly name: string;
  readonly labels: string;
}

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

/** The request for a draft whose steps are all complete. */
export function createRequestOf(draft: ServerDraft, t: Translate): CreateServer {
  const labels = parseLabels(draft.labels, t);
  return {
    name: draft.name.trim(),
    host: draft.host.trim(),
    labels: 'labels' in labels ? labels.labels : {},
    install: true,
    ssh: newLoginOf(draft, draft.login),
  };
}

/** A name to begin with: the first part of a host name; an address as it is. */
export function suggestedName(host: string): string {
  const text = host.trim();
  if (/^[\d.]+$/.test(text) || text.includes(':')) return text.replaceAll(':', '-');
  return text.split('.')[0] ?? '';
}
