import { describe, expect, it } from '@jest/globals';
import { variablesFile } from './variables-file.ts';

describe('variablesFile', () => {
  it('tags every string, also nested ones, so that no template in it is evaluated', () => {
    expect(variablesFile({ a: '{{ b }}', c: ['x', { d: '' }] })).toBe(
      '{? "a" : !unsafe "{{ b }}", ? "c" : [!unsafe "x", {? "d" : !unsafe ""}]}\n',
    );
  });

  it('keeps what is not text as it is', () => {
    expect(variablesFile({ a: 1, b: -2.5, c: true, d: null, e: [], f: {} })).toBe(
      '{? "a" : 1, ? "b" : -2.5, ? "c" : true, ? "d" : null, ? "e" : [], ? "f" : {}}\n',
    );
  });

  it('writes great and small numbers so that YAML takes them for numbers', () => {
    expect(variablesFile({ a: 1e30, b: -1.5e-9 })).toBe('{? "a" : 1.0e+30, ? "b" : -1.5e-9}\n');
  });

  it('is ASCII, whatever the text', () => {
    const text = variablesFile({ a: 'ä\u0085\u007f\u2028\n"\\\u0000😀\ud800' });

    expect(text).toBe(
      '{? "a" : !unsafe "\\u00e4\\u0085\\u007f\\u2028\\n\\"\\\\\\u0000\\U0001f600\\ufffd"}\n',
    );
  });
});
