import { describe, expect, it } from '@jest/globals';
import type { PlaybookRun } from '../platform/api/generated/models/playbook-run';
import type { PlaybookVariable } from '../platform/api/generated/models/playbook-variable';
import type { Translate } from '../platform/i18n/i18n';
import { Problem } from '../platform/problem/problem';
import {
  EMPTY_RUN,
  askedVariables,
  checkRun,
  draftOfRun,
  refusedFields,
  requestOfRun,
  runOptionsSet,
} from './run-draft';

const t: Translate = (key, ..._params) => key;

function variable(name: string, changes: Partial<PlaybookVariable> = {}): PlaybookVariable {
  const rest = { description: '', default: null, has_default: false, secret: false };
  return { name, type: 'string', required: false, ...rest, ...changes };
}

const VARIABLES = [
  variable('unit', { required: true }),
  variable('tries', { type: 'integer', default: 15, has_default: true }),
  variable('token', { secret: true, required: true }),
];

const RUN: PlaybookRun = {
  id: 'r1',
  playbook: { id: 'p1', name: 'own', version: 3, sha256: '' },
  check: true,
  diff: true,
  tags: ['web', 'db'],
  skip_tags: [],
  limit_parallel: 2,
  stop_on_failure: true,
  timeout_seconds: 600,
  extra_vars: { unit: 'nginx', tries: 3, extra: ['a'] },
  secret_vars: ['token', 'password'],
  selector: { server_ids: ['s1'] },
  batch_id: null,
  retry_of: null,
  actor: { kind: 'user', id: 'u1', name: 'admin' },
  created_at: '2026-01-01T00:00:00.000Z',
  started_at: null,
  finished_at: null,
  finished: true,
  state: 'succeeded',
  servers_total: 1,
  by_state: { succeeded: 1 },
  totals: { ok: 1, changed: 0, failed: 0, unreachable: 0, skipped: 0, rescued: 0, ignored: 0 },
  servers: [],
};

describe('checkRun', () => {
  it('finds what is missing and what is wrong, field by field', () => {
    const draft = {
      ...EMPTY_RUN,
      values: { tries: 'some' },
      tags: 'web, no way',
      parallel: '0',
      timeout: '9999999',
      others: 'x',
    };

    const { variables, options } = checkRun(draft, VARIABLES, t);

    expect(variables).toEqual({
      unit: 'runPlaybook.required',
      tries: 'runPlaybook.wrongInteger',
      token: 'runPlaybook.required',
    });
    expect(options).toEqual({
      others: 'runPlaybook.wrongLine',
      tags: 'runPlaybook.tagsWrong',
      skipTags: null,
      parallel: 'runPlaybook.parallelWrong',
      timeout: 'runPlaybook.timeoutWrong',
    });
  });

  it('finds nothing wrong with what is complete', () => {
    const draft = { ...EMPTY_RUN, values: { unit: 'nginx', token: 'x' }, tags: 'web,db:main' };

    const { variables, options } = checkRun(draft, VARIABLES, t);

    expect([...Object.values(variables), ...Object.values(options)]).toEqual(Array(8).fill(null));
  });
});

describe('a run that starts from another', () => {
  it('asks for the same, except for secrets', () => {
    const asked = askedVariables(VARIABLES, RUN);
    const draft = draftOfRun(RUN, VARIABLES);
    const typed = { ...draft, values: { ...draft.values, token: 'one', password: 'two' } };

    expect(asked.map(({ name }) => name)).toEqual(['unit', 'tries', 'token', 'password']);
    expect(draft.values).toEqual({ unit: 'nginx', tries: '3', token: '' });
    expect(checkRun(draft, asked, t).variables).toMatchObject({
      token: 'runPlaybook.required',
      password: 'runPlaybook.required',
    });
    expect(requestOfRun(typed, asked, ['password'])).toEqual({
      extra_vars: { unit: 'nginx', tries: 3, token: 'one', password: 'two', extra: ['a'] },
      secret_vars: ['password'],
      check: true,
      diff: true,
      tags: ['web', 'db'],
      limit_parallel: 2,
      timeout_seconds: 600,
      stop_on_failure: true,
    });
    expect(runOptionsSet(draft)).toBe(5);
  });
});

describe('requestOfRun', () => {
  it('leaves out what nobody gave', () => {
    const draft = { ...EMPTY_RUN, values: { unit: 'ssh', tries: '' } };

    expect(requestOfRun(draft, VARIABLES, [])).toEqual({
      extra_vars: { unit: 'ssh' },
      check: false,
      diff: true,
      stop_on_failure: false,
    });
  });
});

describe('refusedFields', () => {
  const problem = (name: string, fields: { path: string; message: string }[]): Problem =>
    new Problem({ name, title: '', detail: '', status: 422, fields });

  it('puts what the manager says about variables at their fields', () => {
    const refused = refusedFields(
      problem('invalid_playbook_variables', [{ path: 'unit', message: 'is required' }]),
    );

    expect(refused.variables).toEqual({ unit: 'is required' });
  });

  it('knows the fields of a request', () => {
    const refused = refusedFields(
      problem('invalid_request', [
        { path: 'extra_vars.unit', message: 'is bad' },
        { path: 'tags.0', message: 'is no tag' },
        { path: 'limit_parallel', message: 'is too small' },
      ]),
    );

    expect(refused.variables).toEqual({ unit: 'is bad' });
    expect(refused.options).toMatchObject({ tags: 'is no tag', parallel: 'is too small' });
  });
});
