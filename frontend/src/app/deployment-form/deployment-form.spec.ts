import { beforeEach, describe, expect, it } from '@jest/globals';
import { Component, signal, viewChild } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { ComponentFixture } from '@angular/core/testing';
import type { FormDescription } from '../platform/api/generated/models/form-description';
import type { FieldProblem } from '../platform/problem/problem';
import { DeploymentForm } from './deployment-form';
import type { Draft } from './draft-values';
import { configOf, draftOf } from './form-draft';

const named = (name: string) => ({ en: name, 'zh-CN': name });
const form: FormDescription = {
  fields: [
    {
      path: 'mode',
      type: 'select',
      label: named('Mode'),
      required: true,
      default: 'sites',
      options: [
        { value: 'sites', label: named('Sites') },
        { value: 'raw', label: named('Raw') },
      ],
    },
    {
      path: 'names',
      type: 'list',
      label: named('Names'),
      visible_when: { path: 'mode', equals: 'sites' },
      item: [{ path: '', type: 'text', label: named('Name'), required: true }],
    },
    {
      path: 'password',
      type: 'secret',
      label: named('Password'),
      visible_when: { path: 'mode', equals: 'raw' },
    },
    { path: 'port', type: 'number', label: named('Port'), default: 80, advanced: true },
  ],
};

@Component({
  selector: 'app-host',
  imports: [DeploymentForm],
  template: `<app-deployment-form [form]="form" [(draft)]="draft" [problems]="problems()" />`,
})
class Host {
  readonly form = form;
  readonly draft = signal<Draft>(draftOf(form));
  readonly problems = signal<readonly FieldProblem[]>([]);
  readonly child = viewChild.required(DeploymentForm);
}

describe('DeploymentForm', () => {
  let fixture: ComponentFixture<Host>;
  let root: HTMLElement;

  beforeEach(async () => {
    fixture = TestBed.createComponent(Host);
    root = fixture.nativeElement as HTMLElement;
    document.body.append(root);
    await fixture.whenStable();
  });

  const control = (label: string): HTMLElement => {
    const labels = [...root.querySelectorAll('label')];
    const found = labels.find(({ textContent }) => textContent.trim().startsWith(label));
    const target = found && root.querySelector<HTMLElement>(`[id="${found.htmlFor}"]`);
    if (!target) throw new Error(`no control is called ${label}`);
    return target;
  };
  const press = async (name: string): Promise<void> => {
    const buttons = [...root.querySelectorAll('button')];
    const found = buttons.find(
      (button) => (button.getAttribute('aria-label') ?? button.textContent).trim() === name,
    );
    if (!found) throw new Error(`no button is called ${name}`);
    found.click();
    await fixture.whenStable();
  };
  const enter = async (label: string, value: string, type = 'input'): Promise<void> => {
    const target = control(label) as HTMLInputElement;
    target.value = value;
    target.dispatchEvent(new Event(type));
    await fixture.whenStable();
  };
  const config = (): Draft => configOf(form, fixture.componentInstance.draft());

  it('adds and takes away items of a list', async () => {
    await press('Add: Name');
    await enter('Name 1', 'a.example');
    await press('Add: Name');
    await enter('Name 2', 'b.example');
    await press('Remove: Name 1');

    expect(config().names).toEqual(['b.example']);
  });

  it('shows the fields of what was chosen', async () => {
    await enter('Mode', 'raw', 'change');

    expect(root.textContent).toContain('Password');
    expect(root.textContent).not.toContain('Names');
  });

  it('keeps a stored secret unless somebody replaces it', async () => {
    const mark = { set: true, id: 's1' };
    fixture.componentInstance.draft.set({ mode: 'raw', password: mark, port: 80 });
    await fixture.whenStable();
    expect(root.textContent).toContain('Stored, and never shown.');

    await press('Replace');
    await enter('Password', 'new one');
    expect(config().password).toBe('new one');
    await press('Keep the stored one');

    expect(config().password).toEqual(mark);
  });

  it('opens what is folded away for a complaint about it, which goes when it is mended', async () => {
    fixture.componentInstance.problems.set([{ path: 'config.port', message: 'is taken' }]);
    await fixture.whenStable();

    expect(root.textContent).toContain('is taken');
    expect(control('Port')).toBe(document.activeElement);
    await enter('Port', '81');

    expect(root.textContent).not.toContain('is taken');
  });

  it('says what is missing only once somebody tries to go on', async () => {
    await press('Add: Name');
    expect(root.textContent).not.toContain('Fill this in.');

    const isComplete = fixture.componentInstance.child().check();
    await fixture.whenStable();

    expect(isComplete).toBe(false);
    expect(root.textContent).toContain('Fill this in.');
  });
});
