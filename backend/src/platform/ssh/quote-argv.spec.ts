import { describe, expect, it } from '@jest/globals';
import { quoteArgv } from './quote-argv.js';

describe('quoteArgv', () => {
  it.each([
    [['ls'], "'ls'"],
    [['if', 'a b'], "'if' 'a b'"],
    [['echo', ''], "'echo' ''"],
    [['echo', "it's"], "'echo' 'it'\\''s'"],
    [['echo', '$(id)`id`"\\'], "'echo' '$(id)`id`\"\\'"],
  ])('writes %j as %s', (argv, commandLine) => {
    expect(quoteArgv(argv)).toBe(commandLine);
  });

  it('refuses what no program can receive', () => {
    expect(() => quoteArgv([])).toThrow(RangeError);
    expect(() => quoteArgv(['echo', 'a\0b'])).toThrow(RangeError);
  });
});
