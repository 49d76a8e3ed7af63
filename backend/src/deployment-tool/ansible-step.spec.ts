import { describe, expect, it } from '@jest/globals';
import { isRecent, versionIn } from './ansible-step.js';

describe('the version of Ansible', () => {
  it.each([
    ['ansible-playbook [core 2.14.18]\n  config file = None', '2.14.18'],
    ['ansible-playbook [core 2.19.0rc1]', '2.19.0'],
    ['ansible-playbook 2.9.27\n', '2.9.27'],
    ['some warning\nansible-playbook [core 2.16.3]', '2.16.3'],
    ['python: cannot open file', null],
  ])('is read from %j', (output, version) => {
    expect(versionIn(output)).toBe(version);
  });

  it.each([
    ['2.12.0', true],
    ['2.19.1', true],
    ['3.0.0', true],
    ['2.9.27', false],
    ['2.11', false],
    ['1.99.0', false],
  ])('%s is recent enough: %s', (version, recent) => {
    expect(isRecent(version)).toBe(recent);
  });
});
