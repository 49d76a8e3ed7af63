import { beforeEach, describe, expect, it } from '@jest/globals';
import { Component, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { ComponentFixture } from '@angular/core/testing';
import { Field } from './field';
import { LinesInput } from './lines-input';

const KEY = '-----BEGIN KEY-----\nabc\n-----END KEY-----\n';

@Component({
  selector: 'app-host',
  imports: [Field, LinesInput],
  template: `<ui-field label="Key" hint="Never shown again."
    ><ui-lines-input [secret]="secret()" [(value)]="value"
  /></ui-field>`,
})
class Host {
  readonly secret = signal(true);
  readonly value = signal('');
}

describe('LinesInput', () => {
  let fixture: ComponentFixture<Host>;
  const root = (): HTMLElement => fixture.nativeElement as HTMLElement;

  beforeEach(async () => {
    fixture = TestBed.createComponent(Host);
    document.body.append(root());
    await fixture.whenStable();
  });

  /** The field, as its label finds it. */
  function control(): HTMLInputElement | HTMLTextAreaElement {
    const label = root().querySelector('label');
    const found = document.getElementById(label?.htmlFor ?? '');
    if (found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement) return found;
    throw new Error('the label leads to no field');
  }

  async function press(label: string): Promise<void> {
    root().querySelector<HTMLElement>(`button[aria-label="${label}"]`)?.click();
    await fixture.whenStable();
  }

  async function type(text: string): Promise<void> {
    control().value = text;
    control().dispatchEvent(new Event('input'));
    await fixture.whenStable();
  }

  /** True when the field is left to paste by itself. */
  async function paste(text: string): Promise<boolean> {
    const event = new Event('paste', { cancelable: true });
    Object.assign(event, { clipboardData: { getData: () => text } });
    const isLeft = control().dispatchEvent(event);
    await fixture.whenStable();
    return isLeft;
  }

  it('takes several lines that are pasted, hides them, and goes on behind them', async () => {
    await type('()');
    control().setSelectionRange(1, 1);

    expect(await paste(KEY.replaceAll('\n', '\r\n'))).toBe(false);

    expect(fixture.componentInstance.value()).toBe(`(${KEY})`);
    expect(control()).toBeInstanceOf(HTMLTextAreaElement);
    expect(control().classList).toContain('masked');
    expect(document.activeElement).toBe(control());
    expect(control().selectionStart).toBe(KEY.length + 1);
  });

  it('leaves one line to the browser, although a break is at its end', async () => {
    expect(await paste('token\n')).toBe(true);

    expect(control()).toBeInstanceOf(HTMLInputElement);
  });

  it('takes several lines that are typed, once they are wanted', async () => {
    expect(control().getAttribute('type')).toBe('password');
    await press('Several lines');
    expect(control()).toBeInstanceOf(HTMLTextAreaElement);
    expect(document.activeElement).toBe(control());

    await type('one\ntwo');

    expect(fixture.componentInstance.value()).toBe('one\ntwo');
    const toggle = root().querySelector<HTMLButtonElement>('[aria-label="Several lines"]');
    expect(toggle?.getAttribute('aria-pressed')).toBe('true');
    expect(toggle?.disabled).toBe(true);
  });

  it('stays as it is when the last break is taken away, and is one line again when asked', async () => {
    await paste(KEY);
    await type('one');
    expect(control()).toBeInstanceOf(HTMLTextAreaElement);

    await press('Several lines');

    expect(control()).toBeInstanceOf(HTMLInputElement);
    expect(control().value).toBe('one');
  });

  it('shows a secret on demand, in one line and in several', async () => {
    await press('Show password');
    expect(control().getAttribute('type')).toBe('text');

    await paste(KEY);
    expect(control().classList).not.toContain('masked');
    await press('Hide password');
    expect(control().classList).toContain('masked');
  });

  it('is described by its hint in both', async () => {
    const hint = root().querySelector('p')?.id;
    expect(control().getAttribute('aria-describedby')).toBe(hint);

    await press('Several lines');

    expect(control().getAttribute('aria-describedby')).toBe(hint);
  });

  it('does not hide what is no secret', async () => {
    fixture.componentInstance.secret.set(false);
    await fixture.whenStable();
    expect(control().getAttribute('type')).toBe('text');

    await paste('a\nb');

    expect(control().classList).not.toContain('masked');
    expect(control().value).toBe('a\nb');
  });
});
