import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ExecuteAnsibleParams } from '@myx/protocol';
import type { CommandPlan } from '../commands/start-request.ts';
import { Spool } from '../commands/spool.ts';
import { planPlaybook } from './playbook-runner.ts';

const UPLOADS = '/var/lib/myx-agent/uploads/playbooks';

let root: string;
let tool: string;
let uploads: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'myx-playbooks-')));
  tool = path.join(root, 'tool');
  uploads = path.join(root, 'uploads');
  mkdirSync(path.join(tool, 'playbooks'), { recursive: true });
  mkdirSync(path.join(uploads, 'playbooks/abc'), { recursive: true });
  for (const file of [
    path.join(tool, 'ansible.cfg'),
    path.join(tool, 'playbooks/ping.yml'),
    path.join(uploads, 'playbooks/abc/playbook.yml'),
  ]) {
    writeFileSync(file, '');
  }
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function plan(changes: object = {}): CommandPlan {
  const request = { command_id: 'playbook-1', playbook: 'playbooks/ping.yml', timeout: 60 };
  const params = ExecuteAnsibleParams.parse({ ...request, ...changes });
  const files = new Spool(path.join(root, 'state')).files('playbook-1');
  return planPlaybook(params, { toolDirectory: tool, uploadsDirectory: uploads }, files);
}

/** Why a playbook is not run, apart from Ansible missing on the machine of the test. */
function faultOf(playbook: string): string | undefined {
  const { rejection } = plan({ playbook });
  return rejection?.startsWith('Ansible is not installed') === true ? undefined : rejection;
}

describe('planPlaybook', () => {
  it('runs a playbook of the deployment tool against this server', () => {
    const { params } = plan();

    expect([params.command, params.cwd]).toEqual(['ansible-playbook', tool]);
    expect(params.args).toEqual([
      ...['--inventory', 'inventory/localhost.ini', '--connection', 'local'],
      ...['--extra-vars', `@${root}/state/commands/playbook-1/variables.yml`],
      ...['--', `${tool}/playbooks/ping.yml`],
    ]);
  });

  it('has an option for everything that may be asked for', () => {
    const { args } = plan({
      ...{ check: true, diff: true, verbosity: 3, syntax_check: true },
      ...{ tags: ['one', 'two'], skip_tags: ['three'] },
    }).params;

    expect(args.slice(6, -2)).toEqual([
      ...['--check', '--diff', '--tags', 'one,two', '--skip-tags', 'three', '-vvv'],
      '--syntax-check',
    ]);
    expect(plan({ ...{ check: false, verbosity: 0, tags: [] } }).params.args).toHaveLength(8);
  });

  it('keeps values out of arguments and environment', () => {
    const made = plan({ extra_vars: { password: 'canary' }, secret_vars: ['password'] });

    expect(JSON.stringify(made.params)).not.toContain('canary');
    expect(made.variables).toContain('canary');
    expect(made.params.env?.MYX_SECRET_VARS).toBe('["password"]');
  });

  it('runs an uploaded playbook', () => {
    const { args } = plan({ playbook: `${UPLOADS}/abc/playbook.yml` }).params;

    expect(args.at(-1)).toBe(`${uploads}/playbooks/abc/playbook.yml`);
    expect(faultOf(`${UPLOADS}/abc/playbook.yml`)).toBeUndefined();
  });

  it('rejects what is not there, no file, or a link', () => {
    mkdirSync(path.join(tool, 'playbooks/directory.yml'));
    symlinkSync('ping.yml', path.join(tool, 'playbooks/link.yml'));
    symlinkSync(path.join(uploads, 'playbooks'), path.join(tool, 'playbooks/elsewhere'));

    expect(faultOf('playbooks/ping.yml')).toBeUndefined();
    expect(faultOf('playbooks/none.yml')).toMatch(/^there is no playbook/);
    expect(faultOf('playbooks/ping.yml/none.yml')).toMatch(/^there is no playbook/);
    expect(faultOf('playbooks/directory.yml')).toMatch(/not a regular file$/);
    expect(faultOf('playbooks/link.yml')).toMatch(/not a regular file$/);
    expect(faultOf('playbooks/elsewhere/abc/playbook.yml')).toMatch(/a symbolic link$/);
  });

  it.each([
    'ping.yml',
    '/etc/playbook.yml',
    'playbooks/../ansible.yml',
    'playbooks/./ping.yml',
    'playbooks/-i.yml',
    'playbooks//ping.yml',
    'playbooks/ping.txt',
    `${UPLOADS}/../../x.yml`,
    `${UPLOADS}.yml`,
    'playbooks/a b.yml',
  ])('does not take %s for the path of a playbook', (playbook) => {
    expect(() => plan({ playbook })).toThrow(/must be playbooks/);
  });
});
