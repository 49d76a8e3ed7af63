import type { PlaybookVariable } from '../platform/api/generated/models/playbook-variable';
import type { PlaybookVariableInput } from '../platform/api/generated/models/playbook-variable-input';
import type { PlainKey } from '../../i18n/en';

/** Types of variables. */
export const VARIABLE_TYPES = ['string', 'integer', 'number', 'boolean', 'list', 'map'] as const;
export type VariableType = (typeof VARIABLE_TYPES)[number];

/** A variable while it is edited. */
export interface VariableDraft {
  /** Tells rows apart while they are edited. */
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly type: VariableType;
  readonly required: boolean;
  readonly secret: boolean;
  /** The default as it is typed; empty for none. Of a secret: a new one. */
  readonly text: string;
  /** A secret's default that is stored and shall go. */
  readonly isRemoved: boolean;
  /** As it is stored; null for one that is new. */
  readonly stored: PlaybookVariable | null;
}

/** What is wrong with a variable, and with which part of it. */
export interface VariableProblem {
  readonly part: 'name' | 'text';
  readonly text: PlainKey;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

let lastKey = 0;

/** A variable as it is stored, to be edited. */
export function draftOf(stored: PlaybookVariable): VariableDraft {
  lastKey += 1;
  const { name, description, type, required, secret } = stored;
  const text = storedText(stored);
  const key = String(lastKey);
  return { key, name, description, type, required, secret, text, isRemoved: false, stored };
}

/** A variable that nobody has described yet. */
export function newVariable(): VariableDraft {
  lastKey += 1;
  return {
    key: String(lastKey),
    name: '',
    description: '',
    type: 'string',
    required: false,
    secret: false,
    text: '',
    isRemoved: false,
    stored: null,
  };
}

/** A draft as the manager takes it. Only for one without a problem. */
export function requestOf(draft: VariableDraft): PlaybookVariableInput {
  const { name, description, type, required, secret } = draft;
  return {
    name: name.trim(),
    description: description.trim(),
    type,
    required,
    secret,
    ...defaultOf(draft),
  };
}

/** What is wrong with a draft; null when nothing is. */
export function problemOf(
  draft: VariableDraft,
  all: readonly VariableDraft[],
): VariableProblem | null {
  const name = draft.name.trim();
  if (!NAME.test(name)) return { part: 'name', text: 'variables.nameWrong' };
  if (all.some((other) => other.key !== draft.key && other.name.trim() === name)) {
    return { part: 'name', text: 'variables.nameTwice' };
  }
  if (draft.text === '' || isStoredText(draft)) return null;
  return valueOf(draft.text, draft.type) === undefined
    ? { part: 'text', text: `variables.wrong.${draft.type}` }
    : null;
}

/** True while a stored default of a secret is kept. */
export function keepsSecret({ secret, stored, isRemoved, text }: VariableDraft): boolean {
  return secret && stored?.secret === true && stored.has_default && !isRemoved && text === '';
}

/** A default for people; null when there is none, or it is a secret. */
export function shownDefault(variable: PlaybookVariable): string | null {
  if (variable.secret || !variable.has_default) return null;
  const value: unknown = variable.default;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function storedText(stored: PlaybookVariable): string {
  return shownDefault(stored) ?? '';
}

/** Nothing was typed since: the stored value counts, also one that no text can tell, such as "". */
function isStoredText({ stored, secret, type, text }: VariableDraft): boolean {
  return stored !== null && !secret && !stored.secret && stored.type === type
    ? text === storedText(stored)
    : false;
}

function defaultOf(draft: VariableDraft): { default?: unknown } {
  const { secret, stored, text, type } = draft;
  if (isStoredText(draft)) return stored?.has_default ? { default: stored.default as unknown } : {};
  if (text !== '') return { default: valueOf(text, type) };
  // Left out, the stored default of a secret stays.
  return secret && !keepsSecret(draft) && stored?.secret === true ? { default: null } : {};
}

/** The value that a text stands for; undefined when it is none of that type. */
export function valueOf(text: string, type: VariableType): unknown {
  switch (type) {
    case 'string':
      return text;
    case 'integer':
      return /^-?\d+$/.test(text.trim()) && Number.isSafeInteger(Number(text))
        ? Number(text)
        : undefined;
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'list':
    case 'map':
      return jsonOf(text, type);
  }
}

function jsonOf(text: string, type: 'list' | 'map'): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null;
    return isObject && Array.isArray(value) === (type === 'list') ? value : undefined;
  } catch {
    // Not JSON, so nothing of that type.
    return undefined;
  }
}
