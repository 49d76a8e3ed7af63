import { describe, expect, it } from '@jest/globals';
import type { Translate } from '../platform/i18n/i18n';
import { EMPTY_DRAFT, checkDraft, optionsSet, requestOf } from './command-request';
import type { CommandDraft } from './command-request';

const t = ((key: string) => key) as unknown as Translate;

function draft(changes: Partial<CommandDraft>): CommandDraft {
  return { ...EMPTY_DRAFT, line: 'uptime', ...changes };
}

describe('checkDraft', () => {
  it('finds nothing wrong with a plain program', () => {
    expect(Object.values(checkDraft(draft({}), t)).every((text) => text === null)).toBe(true);
  });

  it.each([
    [{ line: '' }, 'line', 'run.needsCommand'],
    [{ line: `echo 'x` }, 'line', 'run.openQuote'],
    [{ kind: 'script', body: ' \n' }, 'body', 'run.needsCommand'],
    [{ user: 'two words' }, 'user', 'run.userWrong'],
    [{ cwd: 'tmp' }, 'cwd', 'run.cwdWrong'],
    [{ timeout: '0' }, 'timeout', 'run.timeoutWrong'],
    [{ timeout: '1.5' }, 'timeout', 'run.timeoutWrong'],
    [{ env: 'A=1\nnot this' }, 'env', 'run.envWrong'],
  ] as const)('%j: %s', (changes, field, expected) => {
    expect(checkDraft(draft(changes), t)[field]).toBe(expected);
  });
});

describe('requestOf', () => {
  it('says only what was filled in', () => {
    expect(requestOf(draft({ line: 'ls -la' }))).toEqual({ command: 'ls', args: ['-la'] });
  });

  it('carries every option', () => {
    const all = draft({
      kind: 'script',
      interpreter: 'python3',
      body: 'print(1)\r\nprint(2)',
      user: ' deploy ',
      cwd: '/srv',
      timeout: '30',
      env: 'A=1\n\n B=x=y ',
      stdin: 'in\n',
    });

    expect(requestOf(all)).toEqual({
      script: { interpreter: 'python3', body: 'print(1)\nprint(2)\n' },
      user: 'deploy',
      cwd: '/srv',
      timeout_seconds: 30,
      env: { A: '1', B: 'x=y ' },
      stdin: 'in\n',
    });
    expect(optionsSet(all)).toBe(5);
  });
});
