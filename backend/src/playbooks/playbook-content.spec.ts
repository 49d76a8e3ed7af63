import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CONTENT_LIMIT_BYTES, parseContent } from './playbook-content.js';

const PLAYBOOKS = path.resolve(import.meta.dirname, '../../../playbooks');

const GOOD = `---
- name: One
  hosts: localhost
  tasks:
    - ansible.builtin.debug: { msg: hello }
`;

function problemsOf(content: string) {
  return parseContent(content).problems;
}

describe('parseContent', () => {
  it.each([
    ['hosts: localhost', GOOD],
    ['hosts: all', GOOD.replace('localhost', 'all')],
    ['a list of hosts', GOOD.replace('localhost', '[localhost, all]')],
    ['hosts behind an anchor', '- &one\n  hosts: &where localhost\n- hosts: *where\n'],
    ['two plays', `${GOOD}${GOOD.replace('---\n', '')}`],
    ['tags of Ansible', '- hosts: all\n  vars: { a: !unsafe "{{ b }}" }\n  tasks: []\n'],
    ['roles alone', '- hosts: localhost\n  roles: [common]\n'],
  ])('lets %s pass', (_name, content) => {
    expect(problemsOf(content)).toEqual([]);
  });

  it.each([
    ['nothing', '  \n', 1, 1, 'is empty'],
    ['only a comment', '# hello\n', 1, 1, 'has no plays'],
    ['a map', 'hosts: localhost\n', 1, 1, 'a playbook is a list of plays'],
    ['a text', 'hello\n', 1, 1, 'a playbook is a list of plays'],
    ['no plays', '---\n[]\n', 2, 1, 'has no plays'],
    ['two documents', `${GOOD}---\n- hosts: all\n`, 6, 1, 'one YAML document'],
    ['a play that is a text', '- hello\n', 1, 3, 'a play is a map'],
    ['a play without hosts', '- name: x\n  tasks: []\n', 1, 3, 'has no hosts'],
    ['a play on other hosts', '- name: x\n  hosts: web\n', 2, 10, 'hosts must be localhost or all'],
    ['a pattern of hosts', '- hosts: all:!db\n', 1, 10, 'hosts must be localhost or all'],
    ['no hosts in the list', '- hosts: []\n', 1, 10, 'hosts must be localhost or all'],
    ['another file', '- import_playbook: other.yml\n', 1, 3, 'a playbook is one file'],
    ['tasks that are a map', '- hosts: all\n  tasks: { a: 1 }\n', 2, 3, 'tasks must be a list'],
    ['a tab', '- hosts: all\n\ttasks: []\n', 2, 2, ''],
    ['an open bracket', '- hosts: [all\n', 2, 1, ''],
    ['a key twice', '- hosts: all\n  hosts: localhost\n', 2, 3, 'unique'],
    ['an unknown anchor', '- hosts: *there\n', 1, 10, 'there is no anchor &there'],
  ])('tells where %s is wrong', (_name, content, line, column, message) => {
    const [problem] = problemsOf(content);

    expect(problem).toMatchObject({ line, column });
    expect(problem?.message).toContain(message);
  });

  it('refuses what is too large, and what is no text', () => {
    const large = GOOD + '#'.repeat(CONTENT_LIMIT_BYTES);

    expect(problemsOf(large)[0]?.message).toBe('is larger than 256 KiB');
    expect(problemsOf(`${GOOD}# \0`)[0]?.message).toContain('valid Unicode');
    expect(problemsOf(`${GOOD}# \ud800`)[0]?.message).toContain('valid Unicode');
  });

  it('refuses a text that explodes', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const inner = level === 0 ? 'x' : `*l${String(level - 1)}`;
      return `l${String(level)}: &l${String(level)} [${Array(10).fill(inner).join(', ')}]`;
    });
    const content = `- hosts: all\n  vars:\n${levels.map((line) => `    ${line}`).join('\n')}\n`;

    expect(problemsOf(content)[0]?.message).toContain('anchors');
  });

  it('tells all problems of a text, up to a bound', () => {
    expect(problemsOf('- hosts: a\n- hosts: b\n')).toHaveLength(2);
    expect(problemsOf('- hosts: a\n'.repeat(50))).toHaveLength(20);
  });
});

describe('the comment above the plays', () => {
  it('declares what the playbook is', () => {
    const comment = [
      '# title: Restart',
      '# description: Restarts it.',
      '# variables:',
      '#   - { name: unit, required: true }',
      '#   - { name: token, secret: true }',
      '#   - { name: tries, type: integer, default: 3 }',
    ].join('\n');

    const { header, problems } = parseContent(`${comment}\n${GOOD}`);

    expect(problems).toEqual([]);
    expect(header).toMatchObject({
      title: 'Restart',
      description: 'Restarts it.',
    });
    expect(header.variables.map(({ name, type }) => [name, type])).toEqual([
      ['unit', 'string'],
      ['token', 'string'],
      ['tries', 'integer'],
    ]);
  });

  it('may follow the mark of the document', () => {
    expect(parseContent(`---\n# title: After\n${GOOD.slice(4)}`).header.title).toBe('After');
  });

  it('is a description when it is prose', () => {
    const { header, problems } = parseContent(`# Restarts: the unit,\n# and waits.\n${GOOD}`);

    expect(problems).toEqual([]);
    expect(header.description).toBe('Restarts: the unit, and waits.');
  });

  it.each([
    ['an unknown type', '{ name: a, type: uuid }'],
    ['a default of another type', '{ name: a, type: integer, default: many }'],
    ['a secret in the open', '{ name: a, secret: true, default: hunter2 }'],
    ['a name that Ansible does not take', '{ name: a-b }'],
  ])('is refused with %s', (_name, variable) => {
    const problems = problemsOf(`# title: x\n# variables:\n#   - ${variable}\n${GOOD}`);

    expect(problems[0]).toMatchObject({ line: 1 });
    expect(problems[0]?.message).toContain('comment above the plays');
  });

  it('is refused with the same variable twice', () => {
    const content = `# variables: [{ name: a }, { name: a }]\n${GOOD}`;

    expect(problemsOf(content)[0]?.message).toContain('same name');
  });
});

describe('the playbooks that come with MyX', () => {
  it.each(readdirSync(PLAYBOOKS).filter((file) => file.endsWith('.yml')))('%s is one', (file) => {
    const { problems, header } = parseContent(readFileSync(path.join(PLAYBOOKS, file), 'utf8'));

    expect(problems).toEqual([]);
    expect(header.description).not.toBe('');
  });
});
