import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Component, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { FormField, form, minLength, required } from '@angular/forms/signals';
import { Button } from './button';
import { Field, Input } from './field';
import { PasswordInput } from './password-input';
import { Segmented } from './segmented';
import { Tabs } from './tabs';

@Component({
  selector: 'app-buttons',
  imports: [Button],
  template: `<button uiButton [busy]="busy()" icon="plus" (click)="clicked()">Add</button>
    <a uiButton="primary" href="#there">There</a>`,
})
class Buttons {
  readonly busy = signal(false);
  readonly clicked = jest.fn<() => void>();
}

@Component({
  selector: 'app-fields',
  imports: [Field, FormField, Input, PasswordInput],
  template: `<ui-field label="Name" hint="Short" [problem]="problem()"
      ><input uiInput [formField]="form.name"
    /></ui-field>
    <ui-field label="Password"><ui-password-input [formField]="form.password" /></ui-field>`,
})
class Fields {
  readonly problem = signal<string | null>(null);
  readonly model = signal({ name: '', password: '' });
  readonly form = form(this.model, (path) => {
    required(path.name);
    minLength(path.password, 12);
  });
}

@Component({
  selector: 'app-choices',
  imports: [Segmented, Tabs],
  template: `<ui-segmented label="Filter" [segments]="items" [(value)]="value" />
    <ui-tabs id="x" label="Views" [tabs]="items" [(value)]="value" />`,
})
class Choices {
  readonly value = signal('a');
  readonly items = ['a', 'b', 'c'].map((value) => ({ value, label: value.toUpperCase() }));
}

function query(root: unknown, selector: 'button'): HTMLButtonElement;
function query(root: unknown, selector: 'a'): HTMLAnchorElement;
function query(root: unknown, selector: 'input'): HTMLInputElement;
function query(root: unknown, selector: string): HTMLElement;
function query(root: unknown, selector: string): HTMLElement {
  const found = (root as HTMLElement).querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
}

describe('Button', () => {
  it('does nothing while it is busy, and says so', async () => {
    const fixture = TestBed.createComponent(Buttons);
    const host = fixture.componentInstance;
    const root: unknown = fixture.nativeElement;
    await fixture.whenStable();
    const button = query(root, 'button');
    button.click();
    expect(host.clicked).toHaveBeenCalledTimes(1);

    host.busy.set(true);
    await fixture.whenStable();
    button.click();

    expect(host.clicked).toHaveBeenCalledTimes(1);
    expect(button.getAttribute('aria-busy')).toBe('true');
    expect(button.type).toBe('button');
  });

  it('is a plain link on a link', async () => {
    const fixture = TestBed.createComponent(Buttons);
    await fixture.whenStable();

    const link = query(fixture.nativeElement, 'a');
    expect(link.className).toContain('button-primary');
    expect(link.hasAttribute('type')).toBe(false);
  });
});

describe('Field', () => {
  it('labels and describes its control', async () => {
    const fixture = TestBed.createComponent(Fields);
    await fixture.whenStable();
    const input = query(fixture.nativeElement, 'input');

    expect(input.labels?.[0]?.textContent).toContain('Name');
    const hint = document.getElementById(input.getAttribute('aria-describedby') ?? '');
    expect(
      hint ?? query(fixture.nativeElement, `#${input.getAttribute('aria-describedby') ?? ''}`),
    ).toHaveProperty('textContent', 'Short');
    expect(input.hasAttribute('aria-invalid')).toBe(false);
  });

  it('shows what is wrong once the control was left, and ties it to the control', async () => {
    const fixture = TestBed.createComponent(Fields);
    await fixture.whenStable();
    const input = query(fixture.nativeElement, 'input');

    input.dispatchEvent(new Event('blur'));
    await fixture.whenStable();

    const error = query(fixture.nativeElement, '.error');
    expect(error.textContent).toContain('Fill this in.');
    expect(input.getAttribute('aria-invalid')).toBe('true');
    expect(input.getAttribute('aria-describedby')?.split(' ')).toContain(error.id);
  });

  it('shows what the manager found', async () => {
    const fixture = TestBed.createComponent(Fields);
    fixture.componentInstance.problem.set('Taken.');
    await fixture.whenStable();

    expect(query(fixture.nativeElement, '.error').textContent).toContain('Taken.');
  });

  it('takes a password, hides it, and shows it on demand', async () => {
    const fixture = TestBed.createComponent(Fields);
    await fixture.whenStable();
    const input = query(query(fixture.nativeElement, 'ui-password-input'), 'input');
    const eye = query(query(fixture.nativeElement, 'ui-password-input'), 'button');

    input.value = 'short';
    input.dispatchEvent(new Event('input'));
    input.dispatchEvent(new Event('blur'));
    await fixture.whenStable();
    expect(input.type).toBe('password');
    expect(fixture.componentInstance.model().password).toBe('short');
    expect(query(fixture.nativeElement, '.error').textContent).toContain('at least 12');

    eye.click();
    await fixture.whenStable();
    expect(input.type).toBe('text');
    expect(eye.getAttribute('aria-pressed')).toBe('true');
  });
});

describe('Segmented and Tabs', () => {
  let fixture: ReturnType<typeof TestBed.createComponent<Choices>>;
  const tabs = (): HTMLElement[] => [
    ...(fixture.nativeElement as HTMLElement).querySelectorAll<HTMLElement>('[role=tab]'),
  ];

  beforeEach(async () => {
    fixture = TestBed.createComponent(Choices);
    await fixture.whenStable();
  });

  it('switch what is on', async () => {
    const second = (fixture.nativeElement as HTMLElement).querySelectorAll(
      'ui-segmented button',
    )[1];
    (second as HTMLElement).click();
    await fixture.whenStable();

    expect(fixture.componentInstance.value()).toBe('b');
    expect(second?.getAttribute('aria-pressed')).toBe('true');
    expect(tabs().map((tab) => tab.getAttribute('aria-selected'))).toEqual([
      'false',
      'true',
      'false',
    ]);
  });

  it.each([
    ['ArrowRight', 'b'],
    ['ArrowLeft', 'c'],
    ['End', 'c'],
    ['Home', 'a'],
  ])('%s on the first tab goes to %s', async (key, value) => {
    tabs()[0]?.dispatchEvent(new KeyboardEvent('keydown', { key }));
    await fixture.whenStable();

    expect(fixture.componentInstance.value()).toBe(value);
    expect(
      tabs()
        .map((tab) => tab.tabIndex)
        .filter((index) => index === 0),
    ).toHaveLength(1);
  });
});
