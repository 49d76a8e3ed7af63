import { describe, expect, it } from '@jest/globals';
import { othersText, readOthers, readValue, typedText } from './variable-values';
import type { VariableShape } from './variable-values';

const variable = (
  type: VariableShape['type'],
  changes: Partial<VariableShape> = {},
): VariableShape => ({ type, required: false, has_default: false, ...changes });

describe('readValue', () => {
  it.each([
    ['string', ' as it is ', ' as it is '],
    ['integer', ' -42 ', -42],
    ['number', '1.5', 1.5],
    ['boolean', 'true', true],
    ['boolean', 'false', false],
    ['list', 'one\n\n two ', ['one', ' two ']],
    ['list', '["one", 2]', ['one', 2]],
    ['map', '{"port": 8080}', { port: 8080 }],
  ] as const)('reads a %s from %j', (type, text, value) => {
    expect(readValue(variable(type), text)).toEqual({ value });
  });

  it.each([
    ['integer', '1.5', 'integer'],
    ['integer', '99999999999999999999', 'integer'],
    ['number', 'many', 'number'],
    ['list', '[1', 'list'],
    ['map', '[1]', 'map'],
    ['map', 'null', 'map'],
  ] as const)('says what is wrong with a %s of %j', (type, text, problem) => {
    expect(readValue(variable(type), text)).toEqual({ problem });
  });

  it('takes nothing for the default, and asks for what has none and is required', () => {
    expect(readValue(variable('string'), '')).toEqual({ isEmpty: true });
    expect(readValue(variable('string', { required: true, has_default: true }), '')).toEqual({
      isEmpty: true,
    });
    expect(readValue(variable('map', { required: true }), ' ')).toEqual({ problem: 'required' });
  });
});

describe('typedText', () => {
  it.each([
    ['string', 'plain'],
    ['integer', 7],
    ['boolean', false],
    ['list', ['one', 'two']],
    ['list', ['', 'empty first']],
    ['list', ['[not json', 'x']],
    ['list', [1, { a: null }]],
    ['map', { deep: { list: ['a'] } }],
  ] as const)('gives a %s back as it was: %j', (type, value) => {
    expect(readValue(variable(type), typedText(type, value))).toEqual({ value });
  });

  it('is empty for what is not there', () => {
    expect(typedText('string', undefined)).toBe('');
  });
});

describe('other variables', () => {
  it('are read line by line, JSON as what it says', () => {
    expect(readOthers('name=web 1\n\n  port=8080\nlist=["a"]\nquoted="8080"\nempty=')).toEqual({
      values: { name: 'web 1', port: 8080, list: ['a'], quoted: '8080', empty: '' },
    });
  });

  it('name the line that is none', () => {
    expect(readOthers('a=1\nno value')).toEqual({ wrongLine: 2 });
    expect(readOthers('1a=1')).toEqual({ wrongLine: 1 });
  });

  it('come back as they were', () => {
    const values = { text: 'x=y', number: '12', real: 12, lines: 'a\nb', map: { a: [true] } };

    expect(readOthers(othersText(values))).toEqual({ values });
  });
});
