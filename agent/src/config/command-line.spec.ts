import { describe, expect, it } from '@jest/globals';
import { parseCommandLine } from './command-line.ts';

describe('parseCommandLine', () => {
  it('serves unless told otherwise', () => {
    expect(parseCommandLine([])).toMatchObject({ action: 'serve', spoolBytes: undefined });
  });

  it('takes one action and any options', () => {
    expect(
      parseCommandLine(['--self-test', '--state-dir', '/a', '--spool-bytes', '1000']),
    ).toMatchObject({ action: 'self-test', places: { stateDirectory: '/a' }, spoolBytes: 1000 });
  });

  it.each([
    [['--port', '1']],
    [['--state-dir']],
    [['serve']],
    [['--spool-bytes', '1e3']],
    [['--version', '--self-test']],
  ])('refuses %j', (argv) => {
    expect(() => parseCommandLine(argv)).toThrow(expect.objectContaining({ exitCode: 64 }));
  });
});
