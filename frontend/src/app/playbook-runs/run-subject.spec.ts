import { describe, expect, it } from '@jest/globals';
import type { Api } from '../platform/api/generated/api';
import { loadSubject } from './run-subject';

/** An API in which version 3 of a playbook is a draft and those before it run, and a run had version 1. */
function anApi(source: 'own' | 'builtin' = 'own'): Api {
  const answers: Readonly<Record<string, (version: number) => unknown>> = {
    getPlaybook: () => ({
      ...{ id: 'p1', title: 'One', description: '', source, usable_version: 2 },
      latest: { version: 3, state: source === 'own' ? 'draft' : 'usable' },
    }),
    getPlaybookVersion: (version) => ({ version, state: version < 3 ? 'usable' : 'draft' }),
    getPlaybookRun: () => ({ id: 'r1', playbook: { version: source === 'own' ? 1 : null } }),
  };
  const invoke = (call: { name: string }, { version = 0 }: { version?: number }): unknown =>
    Promise.resolve(answers[call.name]?.(version));
  return { invoke } as unknown as Api;
}

describe('loadSubject', () => {
  it('takes the newest version that runs', async () => {
    const subject = await loadSubject(anApi(), { id: 'p1', from: undefined, version: null });

    expect(subject).toMatchObject({ isOwn: true, version: { version: 2 }, newer: null });
  });

  it('takes the version of the run it starts from, and tells of a newer one', async () => {
    const subject = await loadSubject(anApi(), { id: 'p1', from: 'r1', version: null });

    expect(subject).toMatchObject({ version: { version: 1 }, newer: 2, earlier: { id: 'r1' } });
  });

  it('takes the version that was chosen before that of a run', async () => {
    const subject = await loadSubject(anApi(), { id: 'p1', from: 'r1', version: 2 });

    expect(subject).toMatchObject({ version: { version: 2 }, newer: null });
  });

  it('has no version to run when the chosen one did not pass its check', async () => {
    const subject = await loadSubject(anApi(), { id: 'p1', from: undefined, version: 3 });

    expect(subject.version).toBeNull();
  });

  it('takes a playbook that comes with MyX as it is', async () => {
    const subject = await loadSubject(anApi('builtin'), { id: 'ping', from: 'r1', version: null });

    expect(subject).toMatchObject({ isOwn: false, version: { version: 3 }, newer: null });
  });
});
