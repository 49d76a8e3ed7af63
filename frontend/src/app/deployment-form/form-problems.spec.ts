import { describe, expect, it } from '@jest/globals';
import type { FormDescription } from '../platform/api/generated/models/form-description';
import type { Translate } from '../platform/i18n/i18n';
import { checkDraft, placeProblems } from './form-problems';

const label = { en: 'x', 'zh-CN': 'x' };
const form: FormDescription = {
  fields: [
    { path: 'mode', type: 'select', label, default: 'sites', options: [] },
    {
      path: 'sites',
      type: 'list',
      label,
      required: true,
      visible_when: { path: 'mode', equals: 'sites' },
      item: [
        { path: 'hosts', type: 'list', label, item: [{ path: '', type: 'text', label }] },
        { path: 'port', type: 'number', label },
        {
          path: 'health',
          type: 'group',
          label,
          fields: [{ path: 'path', type: 'text', label, required: true }],
        },
      ],
    },
    {
      path: 'file',
      type: 'code',
      label,
      required: true,
      visible_when: { path: 'mode', equals: 'raw' },
    },
  ],
};
const t: Translate = (key, ..._params) => key;
const site = { hosts: ['a.example'], port: '', health: { path: '' } };

describe('checkDraft', () => {
  it('finds what is missing on screen only', () => {
    expect([...checkDraft(form, { mode: 'raw', file: ' ', sites: [] }, t)]).toEqual([
      ['file', 'field.required'],
    ]);
    expect([...checkDraft(form, { mode: 'sites', sites: [] }, t)]).toEqual([
      ['sites', 'form.listRequired'],
    ]);
  });

  it('looks into items, but not into a group that nobody filled in', () => {
    const sites = [site, { ...site, hosts: ['', 'b'], port: 'x', health: { path: ' ' } }];

    expect([...checkDraft(form, { mode: 'sites', sites }, t)]).toEqual([
      ['sites.1.hosts.0', 'field.required'],
      ['sites.1.port', 'form.notNumber'],
    ]);
  });
});

describe('placeProblems', () => {
  const draft = { mode: 'sites', sites: [site] };

  it('puts complaints at their field, or at the nearest one around', () => {
    const { fields, rest } = placeProblems(form, draft, [
      { path: 'config.sites.0.hosts.0', message: 'no name' },
      { path: 'config.sites.0.hosts', message: 'too few' },
      { path: 'config.sites.0.made.by', message: 'wrong' },
      { path: 'config.sites.0.port', message: 'one' },
      { path: 'config.sites.0.port', message: 'two' },
    ]);

    expect(Object.fromEntries(fields)).toEqual({
      'sites.0.hosts.0': 'no name',
      'sites.0.hosts': 'too few',
      sites: '0.made.by: wrong',
      'sites.0.port': 'one two',
    });
    expect(rest).toEqual([]);
  });

  it('keeps apart what is about nothing on screen', () => {
    const hidden = { path: 'config.file', message: 'not needed' };
    const other = { path: 'kind', message: 'unknown' };

    expect(placeProblems(form, draft, [hidden, other])).toMatchObject({ rest: [hidden, other] });
  });
});
