import { describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import type { ComponentFixture } from '@angular/core/testing';
import type { PlaybookVariable } from '../platform/api/generated/models/playbook-variable';
import { VariableField } from './variable-field';

const KEY = '-----BEGIN KEY-----\nabc\n-----END KEY-----\n';

async function show(variable: Partial<PlaybookVariable>): Promise<ComponentFixture<VariableField>> {
  const fixture = TestBed.createComponent(VariableField);
  fixture.componentRef.setInput('variable', {
    ...{ name: 'key', description: '', type: 'string', required: true, secret: false },
    ...{ default: null, has_default: false },
    ...variable,
  });
  fixture.componentRef.setInput('value', '');
  await fixture.whenStable();
  return fixture;
}

function find(fixture: ComponentFixture<VariableField>, selector: string): Element | null {
  return (fixture.nativeElement as HTMLElement).querySelector(selector);
}

async function paste(fixture: ComponentFixture<VariableField>, text: string): Promise<void> {
  const event = new Event('paste', { cancelable: true });
  Object.assign(event, { clipboardData: { getData: () => text } });
  find(fixture, 'input')?.dispatchEvent(event);
  await fixture.whenStable();
}

describe('VariableField', () => {
  it.each([true, false])('keeps the lines of a text that is pasted; secret: %s', async (secret) => {
    const fixture = await show({ secret });
    expect(find(fixture, 'input')?.getAttribute('type')).toBe(secret ? 'password' : 'text');

    await paste(fixture, KEY);

    expect(fixture.componentInstance.value()).toBe(KEY);
    expect(find(fixture, 'textarea')?.classList.contains('masked')).toBe(secret);
  });

  it('takes several lines of a secret of any type, such as a map in JSON', async () => {
    const fixture = await show({ secret: true, type: 'map' });

    await paste(fixture, '{\n  "a": 1\n}');

    expect(fixture.componentInstance.value()).toBe('{\n  "a": 1\n}');
  });

  it('has one line for a number', async () => {
    const fixture = await show({ type: 'integer' });

    expect(find(fixture, 'input')?.getAttribute('inputmode')).toBe('numeric');
    expect(find(fixture, 'button')).toBeNull();
  });
});
