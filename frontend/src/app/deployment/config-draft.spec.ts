import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import type { FormDescription } from '../platform/api/generated/models/form-description';
import { ConfigDraft } from './config-draft';

const FORM: FormDescription = {
  fields: [
    { path: 'port', type: 'number', label: { en: 'Port', 'zh-CN': '端口' } },
    { path: 'key', type: 'secret', label: { en: 'Key', 'zh-CN': '密钥' } },
  ],
};
const STORED = { port: 9100, key: { set: true, id: 'k1' } };

describe('ConfigDraft', () => {
  let draft: ConfigDraft;

  beforeEach(() => {
    TestBed.configureTestingModule({ providers: [ConfigDraft] });
    draft = TestBed.inject(ConfigDraft);
    draft.offer(FORM, STORED, 3);
  });

  it('begins with what is stored, marks of secrets and all', () => {
    expect(draft.entered()).toEqual(STORED);
    expect(draft.isChanged()).toBe(false);
    expect(draft.version()).toBe(3);
  });

  it('follows what is stored while nobody changes it', () => {
    draft.offer(FORM, { ...STORED, port: 9200 }, 4);

    expect(draft.entered()).toMatchObject({ port: 9200 });
    expect(draft.newer()).toBeNull();
  });

  it('keeps what was entered when somebody else makes a newer version, and says so', () => {
    draft.enter({ ...draft.draft()?.values, port: 9300 });

    draft.offer(FORM, { ...STORED, port: 9200 }, 4);

    expect(draft.entered()).toMatchObject({ port: 9300 });
    expect(draft.version()).toBe(3);
    expect(draft.newer()).toBe(4);
  });

  it('takes changes over from the form to JSON and back', () => {
    draft.enter({ ...draft.draft()?.values, port: 9300 });

    draft.switchTo('json');
    const text = draft.json();
    draft.enterJson(text.replace('9300', '9400'));
    draft.switchTo('form');

    expect(JSON.parse(text)).toEqual({ ...STORED, port: 9300 });
    expect(draft.entered()).toEqual({ ...STORED, port: 9400 });
  });

  it('keeps JSON that cannot be read where it can be mended', () => {
    draft.switchTo('json');
    draft.enterJson('{"port": ');

    draft.switchTo('form');

    expect(draft.mode()).toBe('json');
    expect(draft.entered()).toBeNull();
    expect(draft.jsonProblem()).not.toBeNull();
    draft.enterJson('[]');
    expect(draft.jsonProblem()).not.toBeNull();
  });

  it('is unchanged once it is stored', () => {
    draft.enter({ ...draft.draft()?.values, port: 9300 });

    draft.stored(draft.entered() ?? {}, 4);

    expect(draft.isChanged()).toBe(false);
    expect(draft.version()).toBe(4);
  });

  it('is changed by what was entered while it was being stored', () => {
    draft.enter({ ...draft.draft()?.values, port: 9300 });
    const sent = draft.entered() ?? {};
    draft.enter({ ...draft.draft()?.values, port: 9400 });

    draft.stored(sent, 4);

    expect(draft.isChanged()).toBe(true);
  });
});
