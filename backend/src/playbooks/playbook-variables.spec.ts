import { describe, expect, it } from '@jest/globals';
import {
  resolveValues,
  secretDefaultsOf,
  Variable,
  VariableInput,
  withoutSecretDefaults,
} from './playbook-variables.js';

function variable(of: Partial<Variable> & Pick<Variable, 'name'>): Variable {
  return Variable.parse(of);
}

function given(values: Record<string, unknown>, secretNames: string[] = []) {
  return { values, secretNames };
}

describe('resolveValues', () => {
  it('takes what is given before a default, and a default before nothing', () => {
    const variables = [
      variable({ name: 'a', default: 'one' }),
      variable({ name: 'b', default: 'two' }),
      variable({ name: 'c' }),
    ];

    const { plain, problems } = resolveValues(variables, {}, given({ a: 'given' }));

    expect(plain).toEqual({ a: 'given', b: 'two' });
    expect(problems).toEqual([]);
  });

  it('keeps secrets apart: declared ones, those named by the run, and their defaults', () => {
    const variables = [
      variable({ name: 'token', secret: true }),
      variable({ name: 'password', secret: true }),
    ];

    const { plain, secret } = resolveValues(
      variables,
      { password: 'stored' },
      given({ token: 'given', extra: { key: 'x' }, open: 1 }, ['extra']),
    );

    expect(plain).toEqual({ open: 1 });
    expect(secret).toEqual({ token: 'given', password: 'stored', extra: { key: 'x' } });
  });

  it('tells every value that is missing or of another type', () => {
    const variables = [
      variable({ name: 'host', required: true }),
      variable({ name: 'port', type: 'integer' }),
      variable({ name: 'ratio', type: 'number' }),
      variable({ name: 'on', type: 'boolean' }),
      variable({ name: 'list', type: 'list' }),
      variable({ name: 'map', type: 'map' }),
    ];
    const values = { port: 1.5, ratio: '1', on: 'yes', list: {}, map: [] };

    const { problems } = resolveValues(variables, {}, given(values));

    expect(problems.map(({ name, message }) => `${name} ${message}`)).toEqual([
      'host is required',
      'port must be a whole number',
      'ratio must be a number',
      'on must be true or false',
      'list must be a list',
      'map must be a map',
    ]);
  });

  it('counts null as not given', () => {
    const variables = [variable({ name: 'a', required: true, default: 'x' })];

    expect(resolveValues(variables, {}, given({ a: null })).problems).toHaveLength(1);
  });

  it('refuses the name of a secret without a value', () => {
    expect(resolveValues([], {}, given({}, ['token'])).problems).toEqual([
      { name: 'token', message: 'is named as a secret but has no value' },
    ]);
  });
});

describe('defaults of secrets', () => {
  const declared = (value?: unknown): VariableInput[] => [
    VariableInput.parse({
      name: 'token',
      secret: true,
      ...(value === undefined ? {} : { default: value }),
    }),
  ];

  it('never become part of what is stored in the open', () => {
    expect(JSON.stringify(withoutSecretDefaults(declared('canary')))).not.toContain('canary');
  });

  it('stay when they are left out, change when given, and go with null', () => {
    const kept = { token: 'old', gone: 'x' };

    expect(secretDefaultsOf(declared(), kept)).toEqual({ token: 'old' });
    expect(secretDefaultsOf(declared('new'), kept)).toEqual({ token: 'new' });
    expect(secretDefaultsOf(declared(null), kept)).toEqual({});
  });
});

describe('VariableInput', () => {
  it.each([
    ['a NUL character', { name: 'a', default: 'x\0' }],
    ['half a character', { name: 'a', default: '\ud800' }],
    ['a default of another type', { name: 'a', type: 'boolean', default: 'yes' }],
    ['a name with a dash', { name: 'a-b' }],
    ['unknown fields', { name: 'a', secrets: true }],
  ])('refuses %s', (_name, input) => {
    expect(VariableInput.safeParse(input).success).toBe(false);
  });

  it('refuses values nested too deep', () => {
    const deep = Array.from({ length: 20 }).reduce<unknown>((inner) => [inner], 'x');

    expect(VariableInput.safeParse({ name: 'a', type: 'list', default: deep }).success).toBe(false);
  });
});
