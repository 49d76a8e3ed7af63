import { describe, expect, it } from '@jest/globals';
import { Variable } from './playbook-variables.js';
import { differencesOf } from './version-differences.js';
import type { ComparedVersion } from './version-differences.js';

const token = Variable.parse({ name: 'token', secret: true });

function aVersion(version: Partial<ComparedVersion>): ComparedVersion {
  return { content: '---\n', variables: [], secretDefaults: {}, ...version };
}

describe('differences of two versions of a playbook', () => {
  it('are none where text and variables are the same', () => {
    const version = aVersion({ variables: [token], secretDefaults: { token: 'canary' } });

    expect(differencesOf(version, { ...version })).toEqual({
      content_diff: null,
      variables_diff: null,
    });
  });

  it('are those of the text', () => {
    const { content_diff } = differencesOf(
      aVersion({ content: '- hosts: all\n  tasks: []\n' }),
      aVersion({ content: '- hosts: localhost\n  tasks: []\n' }),
    );

    expect(content_diff).toContain('\n-- hosts: all\n+- hosts: localhost\n   tasks: []\n');
  });

  it('are those of the variables, although the text is the same', () => {
    const { content_diff, variables_diff } = differencesOf(
      aVersion({ variables: [Variable.parse({ name: 'tries', type: 'integer', default: 3 })] }),
      aVersion({
        variables: [Variable.parse({ name: 'tries', type: 'integer', required: true, default: 5 })],
      }),
    );

    expect(content_diff).toBeNull();
    expect(variables_diff).toContain('\n-  default: 3\n+  required: true\n+  default: 5\n');
  });

  it('tell that the default of a secret came, changed or went, and never what it is', () => {
    const without = aVersion({ variables: [token] });
    const first = aVersion({ variables: [token], secretDefaults: { token: 'canary-1' } });
    const second = aVersion({ variables: [token], secretDefaults: { token: 'canary-2' } });

    const came = differencesOf(without, first).variables_diff;
    const changed = differencesOf(first, second).variables_diff;
    const went = differencesOf(second, without).variables_diff;

    expect(came).toContain('\n+  default: ••••\n');
    expect(changed).toContain('\n-  default: ••••\n+  default: •••• (changed)\n');
    expect(went).toContain('\n-  default: ••••\n');
    expect([came, changed, went].join('')).not.toContain('canary');
  });
});
