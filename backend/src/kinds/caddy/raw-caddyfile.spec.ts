import { describe, expect, it } from '@jest/globals';
import { withAdminSocket } from './raw-caddyfile.js';

const line = '\tadmin unix//run/caddy/admin.sock\n';

describe('withAdminSocket', () => {
  it.each([
    ['a file without options', ':80 {\n}\n', `{\n${line}}\n\n:80 {\n}\n`],
    ['options', '{\n\temail a@b.c\n}\n:80\n', `{\n${line}\temail a@b.c\n}\n:80\n`],
    ['comments first', '# x {\n\n{\n\tdebug\n}\n', `# x {\n\n{\n${line}\tdebug\n}\n`],
    ['a snippet first', '(s) {\n\tadmin x\n}\n', `{\n${line}}\n\n(s) {\n\tadmin x\n}\n`],
    ['a site called by a variable', '{$SITE} {\n}\n', `{\n${line}}\n\n{$SITE} {\n}\n`],
    ['Windows line ends', ':80\r\n', `{\n${line}}\n\n:80\n`],
    [
      'admin further inside',
      '{\n\tlog {\n\t\tadmin x\n\t}\n}\n',
      `{\n${line}\tlog {\n\t\tadmin x\n\t}\n}\n`,
    ],
  ])('adds the socket to %s', (_what, text, expected) => {
    expect(withAdminSocket(text).text).toBe(expected);
  });

  it.each([
    '{\n\tadmin off\n}\n:80\n',
    '{\n\temail "a {"\n\tadmin unix//x\n}\n',
    '{\n\tlog {\n\t\toutput stderr\n\t}\n\tadmin localhost:2020\n}\n',
  ])('leaves alone what says itself where the endpoint is: %j', (text) => {
    expect(withAdminSocket(text)).toEqual({ text, addedLines: 0 });
  });

  it('tells by how many lines the sites have moved', () => {
    for (const text of [':80 {\n}\n', '{\n\tdebug\n}\n:80 {\n}\n']) {
      const result = withAdminSocket(text);

      const lineOf = (whole: string): number => whole.split('\n').indexOf(':80 {');
      expect(lineOf(result.text) - result.addedLines).toBe(lineOf(text));
    }
  });
});
