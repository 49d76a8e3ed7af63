import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { Api } from '../platform/api/generated/api';
import type { PlaybookDetails } from '../platform/api/generated/models/playbook-details';
import type { PlaybookVariable } from '../platform/api/generated/models/playbook-variable';
import { PlaybookDraft } from './playbook-draft';

const CONTENT = '# variables:\n#   - { name: who }\n---\n- hosts: localhost\n';
const AUTHOR = { kind: 'user', id: 'u1', name: 'admin' };
const SHA = '0'.repeat(64);

function variable(changes: Partial<PlaybookVariable> = {}): PlaybookVariable {
  const rest = { description: '', required: false, default: null, has_default: false } as const;
  return { name: 'who', type: 'string', secret: false, ...rest, ...changes };
}

function playbook(changes: Partial<PlaybookDetails> = {}, variables = [variable()]) {
  const check = { operation_id: 'o1', server_id: 's1', message: null, checked_at: null };
  const at = '2026-01-01T00:00:00.000Z';
  const latest = {
    playbook_id: 'p1',
    version: 3,
    sha256: SHA,
    note: '',
    state: 'draft' as const,
    check,
    author: AUTHOR,
    created_at: at,
    content: CONTENT,
    variables,
  };
  return {
    id: 'p1',
    name: 'greet',
    title: 'greet',
    description: 'Greets.',
    source: 'own' as const,
    latest_version: 3,
    latest_state: 'draft' as const,
    usable_version: null,
    created_at: at,
    updated_at: at,
    latest,
    ...changes,
  } satisfies PlaybookDetails;
}

describe('PlaybookDraft', () => {
  let sent: { readonly path: string; readonly body: Record<string, unknown> }[];
  let draft: PlaybookDraft;

  beforeEach(() => {
    sent = [];
    const invoke = ({ PATH }: { PATH: string }, { body }: { body: Record<string, unknown> }) => {
      sent.push({ path: PATH, body });
      const latest = { ...playbook().latest, version: 4, content: String(body.content) };
      return Promise.resolve(playbook({ latest_version: 4, latest }));
    };
    TestBed.configureTestingModule({
      providers: [PlaybookDraft, { provide: Api, useValue: { invoke } }],
    });
    draft = TestBed.inject(PlaybookDraft);
  });

  it('has nothing unsaved until something is changed, and after it is saved', async () => {
    draft.load(playbook());
    expect(draft.hasUnsaved()).toBe(false);

    draft.content.set(`${CONTENT}  tasks: []\n`);
    expect(draft.hasUnsaved()).toBe(true);
    await draft.save();

    expect(draft.hasUnsaved()).toBe(false);
    expect(draft.baseVersion()).toBe(4);
    expect(sent[0]?.body).toMatchObject({ base_version: 3, name: 'greet' });
  });

  it('keeps what was typed while it was being saved', async () => {
    draft.load(playbook());
    draft.content.set('- hosts: all\n');

    const saving = draft.save();
    draft.content.set('- hosts: localhost\n');
    draft.note.set('why');
    await saving;

    expect(draft.content()).toBe('- hosts: localhost\n');
    expect(draft.note()).toBe('why');
    expect(draft.hasUnsaved()).toBe(true);
    expect(draft.baseVersion()).toBe(4);
  });

  it('leaves variables to the comment of a text that is new', async () => {
    draft.name.set('greet');
    await draft.save();

    expect(sent[0]?.path).toBe('/api/v1/playbooks');
    expect(sent[0]?.body).not.toHaveProperty('variables');
  });

  it('keeps variables that were declared apart from the text', async () => {
    draft.load(playbook({}, [variable({ name: 'token', secret: true, has_default: true })]));
    draft.content.set(`${CONTENT}  tasks: []\n`);
    await draft.save();

    expect(sent[0]?.body.variables).toMatchObject([{ name: 'token', secret: true }]);
    expect(sent[0]?.body).not.toHaveProperty('variables.0.default');
  });

  it('leaves variables to the comment once it is another one', async () => {
    draft.load(playbook());
    draft.content.set(CONTENT.replace('who', 'whom'));
    await draft.save();

    expect(sent[0]?.body).not.toHaveProperty('variables');
  });

  it('sends variables that were edited, whatever the comment says', async () => {
    draft.load(playbook());
    draft.content.set(CONTENT.replace('who', 'whom'));
    draft.edit(draft.variables().map((one) => ({ ...one, required: true })));
    await draft.save();

    expect(sent[0]?.body.variables).toMatchObject([{ name: 'who', required: true }]);
  });

  it('does not let a copy have the secrets of the first one', async () => {
    const details = playbook({}, [variable({ name: 'token', secret: true, has_default: true })]);
    draft.copy(details, details.latest);
    expect(draft.name()).toBe('greet-copy');
    expect(draft.hasUnsaved()).toBe(true);
    await draft.save();

    expect(sent[0]).toMatchObject({ path: '/api/v1/playbooks', body: { name: 'greet-copy' } });
    expect(sent[0]?.body.variables).toEqual([
      { name: 'token', description: '', type: 'string', required: false, secret: true },
    ]);
  });

  it('is wrong with a name or a variable that cannot be', () => {
    draft.load(playbook());
    expect(draft.isWrong()).toBe(false);

    draft.name.set('-no');
    expect(draft.isWrong()).toBe(true);
    draft.name.set('yes');
    draft.edit([...draft.variables(), ...draft.variables().map((one) => ({ ...one, key: 'x' }))]);
    expect(draft.isWrong()).toBe(true);
  });
});
