import { describe, expect, it } from '@jest/globals';
import type { FormDescription } from '../platform/api/generated/models/form-description';
import type { FormField } from '../platform/api/generated/models/form-field';
import { valueAt } from './draft-values';
import type { Draft, Path } from './draft-values';
import { configOf, draftOf, entered, newItem } from './form-draft';
import type { Scope } from './form-draft';

type Extra = Partial<Omit<FormField, 'path' | 'type' | 'label'>>;

function field(path: string, type: FormField['type'], extra: Extra = {}): FormField {
  return { path, type, label: { en: path, 'zh-CN': path }, ...extra };
}

const upstreams = field('upstreams', 'list', {
  required: true,
  item: [field('', 'text', { required: true })],
  visible_when: { path: 'type', equals: 'proxy' },
});
const route = [
  field('type', 'select', { required: true, default: 'proxy', options: [] }),
  field('path', 'text'),
  upstreams,
  field('health', 'group', {
    visible_when: { path: 'type', equals: 'proxy' },
    fields: [field('path', 'text', { required: true }), field('every', 'number', { default: 10 })],
  }),
  field('content', 'multiline', { required: true, visible_when: { path: 'type', equals: 'page' } }),
];
const form: FormDescription = {
  fields: [
    field('name', 'text', { required: true }),
    field('port', 'number', { default: 80 }),
    field('tls', 'group', {
      fields: [
        field('mode', 'select', { required: true, default: 'off', options: [] }),
        field('key', 'secret', {
          required: true,
          visible_when: { path: 'tls.mode', equals: 'own' },
        }),
      ],
    }),
    field('logs.access', 'boolean', { default: true }),
    field('routes', 'list', { required: true, item: route }),
  ],
};
const top: Scope = { fields: form.fields, path: [] };

function typed(draft: Draft, path: Path, value: unknown, scope: Scope = top): Draft {
  return entered(form, draft, { scope, path, value });
}

describe('draftOf', () => {
  it('begins with the defaults, and one item of what is required', () => {
    expect(draftOf(form)).toEqual({
      name: '',
      port: 80,
      tls: { mode: 'off' },
      logs: { access: true },
      routes: [{ type: 'proxy', path: '', upstreams: [''], health: { path: '', every: 10 } }],
    });
  });

  it('keeps what a configuration has, also what no field is about', () => {
    const config = {
      name: 'x',
      port: 81,
      id: 7,
      routes: [{ type: 'page', content: 'a', tag: 't' }],
    };

    expect(draftOf(form, config)).toMatchObject({ ...config, logs: { access: true } });
  });

  it('shows nothing for what is null, whatever the default', () => {
    expect(draftOf(form, { port: null, routes: [] })).toMatchObject({ port: '', routes: [] });
  });
});

describe('configOf', () => {
  it('sends what is shown, as the types of the manager', () => {
    let draft = typed(draftOf(form), ['name'], ' web ');
    draft = typed(draft, ['port'], '8080');
    draft = typed(draft, ['routes', 0, 'upstreams', 0], '10.0.0.1:80');

    expect(configOf(form, draft)).toEqual({
      name: 'web',
      port: 8080,
      tls: { mode: 'off' },
      logs: { access: true },
      routes: [{ type: 'proxy', upstreams: ['10.0.0.1:80'] }],
    });
  });

  it('leaves out what was entered and is hidden now', () => {
    let draft = typed(draftOf(form), ['tls', 'mode'], 'own');
    draft = typed(draft, ['tls', 'key'], 'PEM');
    draft = typed(draft, ['tls', 'mode'], 'off');

    expect(valueAt(configOf(form, draft), ['tls'])).toEqual({ mode: 'off' });
    expect(valueAt(configOf(form, typed(draft, ['tls', 'mode'], 'own')), ['tls', 'key'])).toBe(
      'PEM',
    );
  });

  it('sends a group whose kind was chosen, whatever is missing in it', () => {
    const draft = typed(draftOf(form), ['tls', 'mode'], 'own');

    expect(valueAt(configOf(form, draft), ['tls'])).toEqual({ mode: 'own' });
  });

  it('sends an optional group only when something of what it needs is there', () => {
    const draft = typed(draftOf(form), ['routes', 0, 'health', 'path'], '/up');

    expect(valueAt(configOf(form, draft), ['routes', 0, 'health'])).toEqual({
      path: '/up',
      every: 10,
    });
  });

  it('sends the mark of a stored secret back until another is typed', () => {
    const mark = { set: true, id: 's1' };
    const draft = draftOf(form, { name: 'x', tls: { mode: 'own', key: mark }, routes: [] });

    const keyIn = (value: Draft): unknown => valueAt(configOf(form, value), ['tls', 'key']);
    expect(keyIn(draft)).toEqual(mark);
    expect(keyIn(typed(draft, ['tls', 'key'], { ...mark, replacement: '' }))).toEqual(mark);
    expect(keyIn(typed(draft, ['tls', 'key'], { ...mark, replacement: 'new' }))).toBe('new');
  });

  it('lets the manager say that something is no number', () => {
    expect(configOf(form, typed(draftOf(form), ['port'], 'many')).port).toBe('many');
    expect(configOf(form, typed(draftOf(form), ['port'], ''))).not.toHaveProperty('port');
  });

  it('answers a configuration as it was when nothing is changed', () => {
    const config = {
      name: 'x',
      port: 81,
      id: 7,
      tls: { mode: 'own', key: { set: true, id: 's' } },
      logs: { access: false },
      routes: [{ type: 'page', content: '<p>', made: { by: 'manager' } }],
    };

    expect(configOf(form, draftOf(form, config))).toEqual(config);
  });
});

describe('entered', () => {
  const item: Scope = { fields: route, path: ['routes', 0] };

  it('takes away what the manager had made for a thing that is another thing now', () => {
    const config = { routes: [{ type: 'proxy', upstreams: ['a'], short_ids: ['1'] }], id: 7 };
    const draft = typed(draftOf(form, config), ['routes', 0, 'type'], 'page', item);

    expect(draft.id).toBe(7);
    expect(valueAt(draft, ['routes', 0])).not.toHaveProperty('short_ids');
    expect(valueAt(draft, ['routes', 0, 'content'])).toBe('');
  });

  it('leaves it where nothing depends on what was entered', () => {
    const config = { routes: [{ type: 'proxy', upstreams: ['a'], short_ids: ['1'] }] };
    const draft = typed(draftOf(form, config), ['routes', 0, 'path'], '/x', item);

    expect(valueAt(draft, ['routes', 0, 'short_ids'])).toEqual(['1']);
  });
});

describe('newItem', () => {
  it('is an empty text in a list of texts, else an object with its defaults', () => {
    expect(newItem(upstreams)).toBe('');
    expect(newItem(field('l', 'list', { item: route }))).toMatchObject({ type: 'proxy', path: '' });
  });
});
