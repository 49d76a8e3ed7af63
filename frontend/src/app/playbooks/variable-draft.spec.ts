import { describe, expect, it } from '@jest/globals';
import type { PlaybookVariable } from '../platform/api/generated/models/playbook-variable';
import { draftOf, keepsSecret, newVariable, problemOf, requestOf, valueOf } from './variable-draft';
import type { VariableDraft } from './variable-draft';

function stored(changes: Partial<PlaybookVariable> = {}): PlaybookVariable {
  return {
    name: 'unit',
    description: '',
    type: 'string',
    required: false,
    secret: false,
    default: null,
    has_default: false,
    ...changes,
  };
}

const secret = stored({ name: 'token', secret: true, has_default: true });

function edited(from: PlaybookVariable, changes: Partial<VariableDraft>): VariableDraft {
  return { ...draftOf(from), ...changes };
}

describe('requestOf', () => {
  it.each([
    ['text', stored({ default: 'nginx', has_default: true })],
    ['an empty text', stored({ default: '', has_default: true })],
    ['a number', stored({ type: 'integer', default: 15, has_default: true })],
    ['false', stored({ type: 'boolean', default: false, has_default: true })],
    ['a list', stored({ type: 'list', default: ['a', { b: 1 }], has_default: true })],
  ])('gives back %s that nobody touched', (_what, variable) => {
    expect(requestOf(draftOf(variable))).toHaveProperty('default', variable.default);
  });

  it('has no default where none was given', () => {
    expect(requestOf({ ...newVariable(), name: ' unit ' })).toEqual({
      name: 'unit',
      description: '',
      type: 'string',
      required: false,
      secret: false,
    });
    const emptied = edited(stored({ default: 'nginx', has_default: true }), { text: '' });
    expect(requestOf(emptied)).not.toHaveProperty('default');
  });

  it('keeps, replaces and removes the stored default of a secret', () => {
    expect(keepsSecret(draftOf(secret))).toBe(true);
    expect(requestOf(draftOf(secret))).not.toHaveProperty('default');
    expect(requestOf(edited(secret, { text: 'new' }))).toHaveProperty('default', 'new');
    expect(requestOf(edited(secret, { isRemoved: true }))).toHaveProperty('default', null);
  });

  it('drops a default in plain sight when the variable becomes a secret', () => {
    const plain = stored({ default: 'seen', has_default: true });

    expect(requestOf(edited(plain, { secret: true, text: '' }))).not.toHaveProperty('default');
  });
});

describe('problemOf', () => {
  const named = (name: string): VariableDraft => ({ ...newVariable(), name });

  it.each(['', '1st', 'my-name', 'x'.repeat(129)])('refuses the name %j', (name) => {
    expect(problemOf(named(name), [])).toMatchObject({ part: 'name' });
  });

  it('refuses the same name twice, but not itself', () => {
    const [one, other] = [named('unit'), named('unit')];

    expect(problemOf(one, [one])).toBeNull();
    expect(problemOf(one, [one, other])).toEqual({ part: 'name', text: 'variables.nameTwice' });
  });

  it('refuses a default of another type', () => {
    const wrong = { ...named('tries'), type: 'integer' as const, text: 'many' };

    expect(problemOf(wrong, [])).toEqual({ part: 'text', text: 'variables.wrong.integer' });
    expect(problemOf({ ...wrong, text: '15' }, [])).toBeNull();
  });
});

describe('valueOf', () => {
  it.each([
    ['integer', '15', 15],
    ['integer', '1.5', undefined],
    ['integer', '99999999999999999999', undefined],
    ['number', '1.5', 1.5],
    ['number', ' ', undefined],
    ['boolean', 'true', true],
    ['boolean', 'yes', undefined],
    ['list', '["a"]', ['a']],
    ['list', '{}', undefined],
    ['map', '{"a": 1}', { a: 1 }],
    ['map', 'null', undefined],
    ['map', '{', undefined],
  ] as const)('reads %s %j', (type, text, value) => {
    expect(valueOf(text, type)).toEqual(value);
  });
});
