import type { CreatePlaybookRun } from '../platform/api/generated/models/create-playbook-run';
import type { PlaybookRun } from '../platform/api/generated/models/playbook-run';
import type { PlaybookVariable } from '../platform/api/generated/models/playbook-variable';
import type { Translate } from '../platform/i18n/i18n';
import type { Problem } from '../platform/problem/problem';
import { othersText, readOthers, readValue, typedText } from './variable-values';
import type { ValueProblem } from './variable-values';

/** What the form for a run holds, as it was typed. */
export interface RunDraft {
  /** By the name of the variable. */
  readonly values: Readonly<Record<string, string>>;
  readonly others: string;
  readonly preview: boolean;
  readonly diff: boolean;
  readonly tags: string;
  readonly skipTags: string;
  readonly parallel: string;
  readonly timeout: string;
  readonly stopOnFailure: boolean;
}

/** Nothing typed yet. */
export const EMPTY_RUN: RunDraft = {
  values: {},
  others: '',
  preview: false,
  diff: true,
  tags: '',
  skipTags: '',
  parallel: '',
  timeout: '',
  stopOnFailure: false,
};

/** Options that have a field of their own. */
export type RunOption = 'others' | 'tags' | 'skipTags' | 'parallel' | 'timeout';

/** What is wrong with each field, in the language on screen; null when nothing is. */
export interface RunChecks {
  readonly variables: Readonly<Record<string, string | null>>;
  readonly options: Readonly<Record<RunOption, string | null>>;
}

/** How many servers work at the same time unless somebody says otherwise; the manager's own default. */
export const USUAL_PARALLEL = 20;

/** Longest time a playbook may take, in seconds. */
const LONGEST_SECONDS = 604_800;

const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,127}$/;

/** Checks every field; the manager checks again. */
export function checkRun(
  draft: RunDraft,
  variables: readonly PlaybookVariable[],
  t: Translate,
): RunChecks {
  const found = variables.map((variable) => {
    const read = readValue(variable, draft.values[variable.name] ?? '');
    return [variable.name, 'problem' in read ? valueProblemText(read.problem, t) : null] as const;
  });
  const others = readOthers(draft.others);
  const tagsProblem = (text: string): string | null =>
    listOfTags(text).every((tag) => TAG.test(tag)) ? null : t('runPlaybook.tagsWrong');
  return {
    variables: Object.fromEntries(found),
    options: {
      others: 'wrongLine' in others ? t('runPlaybook.wrongLine', { line: others.wrongLine }) : null,
      tags: tagsProblem(draft.tags),
      skipTags: tagsProblem(draft.skipTags),
      parallel: isWhole(draft.parallel, 1000) ? null : t('runPlaybook.parallelWrong'),
      timeout: isWhole(draft.timeout, LONGEST_SECONDS)
        ? null
        : t('runPlaybook.timeoutWrong', { max: LONGEST_SECONDS }),
    },
  };
}

/** What the manager refused, at the field it is about. */
export function refusedFields({ name, fields }: Problem): RunChecks {
  const variables: Record<string, string> = {};
  const options: Record<RunOption, string | null> = { ...NO_OPTION_PROBLEM };
  for (const { path, message } of fields) {
    const [head = '', next] = path.split('.');
    const option = OPTION_OF[head];
    if (name === 'invalid_playbook_variables') variables[path] = message;
    else if (head === 'extra_vars' && next !== undefined) variables[next] = message;
    else if (option) options[option] = message;
  }
  return { variables, options };
}

/** The variables that a form asks for: those declared, and secrets that an earlier run had besides. */
export function askedVariables(
  declared: readonly PlaybookVariable[],
  earlier: Pick<PlaybookRun, 'secret_vars'> | null,
): readonly PlaybookVariable[] {
  const names = new Set(declared.map(({ name }) => name));
  const more = (earlier?.secret_vars ?? []).filter((name) => !names.has(name));
  return [...declared, ...more.map(undeclaredSecret)];
}

/** The draft that asks for the same as an earlier run. Values of secrets are not known. */
export function draftOfRun(run: PlaybookRun, declared: readonly PlaybookVariable[]): RunDraft {
  const given = run.extra_vars as Readonly<Record<string, unknown>>;
  const names = new Set(declared.map(({ name }) => name));
  const others = Object.entries(given).filter(([name]) => !names.has(name));
  return {
    values: Object.fromEntries(
      declared.map(({ name, type }) => [name, typedText(type, given[name])]),
    ),
    others: othersText(Object.fromEntries(others)),
    preview: run.check,
    diff: run.diff,
    tags: run.tags.join(', '),
    skipTags: run.skip_tags.join(', '),
    parallel: run.limit_parallel === USUAL_PARALLEL ? '' : String(run.limit_parallel),
    timeout: String(run.timeout_seconds),
    stopOnFailure: run.stop_on_failure,
  };
}

/** The request for a draft that {@link checkRun} found nothing wrong with; where and what it runs is added. */
export function requestOfRun(
  draft: RunDraft,
  variables: readonly PlaybookVariable[],
  undeclared: readonly string[],
): Omit<CreatePlaybookRun, 'playbook'> {
  const others = readOthers(draft.others);
  const values = new Map<string, unknown>(Object.entries('values' in others ? others.values : {}));
  for (const variable of variables) {
    const read = readValue(variable, draft.values[variable.name] ?? '');
    if ('value' in read) values.set(variable.name, read.value);
  }
  const [tags, skipTags] = [listOfTags(draft.tags), listOfTags(draft.skipTags)];
  const secrets = undeclared.filter((name) => values.has(name));
  return {
    extra_vars: Object.fromEntries(values),
    ...(secrets.length === 0 ? {} : { secret_vars: secrets }),
    check: draft.preview,
    diff: draft.diff,
    ...(tags.length === 0 ? {} : { tags }),
    ...(skipTags.length === 0 ? {} : { skip_tags: skipTags }),
    ...(draft.parallel.trim() === '' ? {} : { limit_parallel: Number(draft.parallel) }),
    ...(draft.timeout.trim() === '' ? {} : { timeout_seconds: Number(draft.timeout) }),
    stop_on_failure: draft.stopOnFailure,
  };
}

/** How many of the options behind the disclosure are set. */
export function runOptionsSet(draft: RunDraft): number {
  const texts = [draft.others, draft.tags, draft.skipTags, draft.parallel, draft.timeout];
  return texts.filter((text) => text.trim() !== '').length + (draft.stopOnFailure ? 1 : 0);
}

const NO_OPTION_PROBLEM: Readonly<Record<RunOption, null>> = {
  others: null,
  tags: null,
  skipTags: null,
  parallel: null,
  timeout: null,
};

const OPTION_OF: Readonly<Partial<Record<string, RunOption>>> = {
  tags: 'tags',
  skip_tags: 'skipTags',
  limit_parallel: 'parallel',
  timeout_seconds: 'timeout',
  secret_vars: 'others',
};

function undeclaredSecret(name: string): PlaybookVariable {
  const blank = { description: '', default: null, has_default: false };
  return { name, type: 'string', required: true, secret: true, ...blank };
}

function valueProblemText(problem: ValueProblem, t: Translate): string {
  switch (problem) {
    case 'required':
      return t('runPlaybook.required');
    case 'integer':
      return t('runPlaybook.wrongInteger');
    case 'number':
      return t('runPlaybook.wrongNumber');
    case 'list':
      return t('runPlaybook.wrongList');
    case 'map':
      return t('runPlaybook.wrongMap');
  }
}

function listOfTags(text: string): string[] {
  return text
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

/** Nothing, or a whole number from 1 to `max`. */
function isWhole(text: string, max: number): boolean {
  if (text.trim() === '') return true;
  return /^[1-9]\d{0,8}$/.test(text.trim()) && Number(text) <= max;
}
