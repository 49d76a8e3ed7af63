import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { environmentFile } from './environment-file.ts';

/** Reads an environment file by the rules of systemd.exec(5), as far as double quotes go. */
function readAsSystemd(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (let at = 0; at < text.length;) {
    const equals = text.indexOf('=', at);
    const name = text.slice(at, equals);
    let value = '';
    expect(text[equals + 1]).toBe('"');
    for (at = equals + 2; text[at] !== '"'; at += 1) {
      if (text[at] !== '\\') value += text.charAt(at);
      else if ('"\\$`'.includes(text[at + 1] ?? '')) value += text.charAt((at += 1));
      else if (text[at + 1] === '\n') at += 1;
      else value += '\\';
    }
    expect(text[at + 1]).toBe('\n');
    variables[name] = value;
    at += 2;
  }
  return variables;
}

describe('environmentFile', () => {
  it('is read back as it was meant, whatever the values hold', () => {
    const names = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,10}$/);
    const odd = fc.constantFrom(
      '"',
      '\\',
      '$',
      '`',
      '\n',
      '\r',
      '\t',
      ' ',
      '#',
      ';',
      "'",
      'é',
      '=',
    );
    const values = fc.string({ unit: fc.oneof(odd, fc.string({ minLength: 1, maxLength: 1 })) });
    fc.assert(
      fc.property(fc.dictionary(names, values, { noNullPrototype: true }), (variables) => {
        expect(readAsSystemd(environmentFile(variables))).toEqual(variables);
      }),
    );
  });
});
