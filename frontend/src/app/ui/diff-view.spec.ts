import { describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import type { ComponentFixture } from '@angular/core/testing';
import { DiffView } from './diff-view';

async function shown(diff: string): Promise<ComponentFixture<DiffView>> {
  const fixture = TestBed.createComponent(DiffView);
  fixture.componentRef.setInput('diff', diff);
  fixture.componentRef.setInput('label', '/etc/x');
  await fixture.whenStable();
  return fixture;
}

function elementOf(fixture: ComponentFixture<DiffView>): HTMLElement {
  return fixture.nativeElement as HTMLElement;
}

const created = (lines: number): string =>
  [
    '--- /dev/null',
    '+++ /etc/x',
    `@@ -0,0 +1,${String(lines)} @@`,
    ...Array.from({ length: lines }, (_, index) => `+line ${String(index + 1)}`),
    '',
  ].join('\n');

describe('DiffView', () => {
  it('says in words what colours say, and keeps markup as text', async () => {
    const element = elementOf(await shown('--- a\n+++ a\n@@ -1 +1 @@\n-<b>old</b>\n+new\n'));

    expect(element.querySelector('del')?.textContent).toBe('removed: <b>old</b>');
    expect(element.querySelector('ins')?.textContent).toBe('added: new');
  });

  it('shows the rest of a long one when asked', async () => {
    const fixture = await shown(created(400));
    const element = elementOf(fixture);
    const before = element.querySelectorAll('ins').length;

    element.querySelector('button')?.click();
    await fixture.whenStable();

    expect(before).toBeLessThan(400);
    expect(element.querySelectorAll('ins')).toHaveLength(400);
    expect(element.querySelector('button')).toBeNull();
  });

  it('says so when nothing differs', async () => {
    expect(elementOf(await shown('')).textContent).toContain('No difference');
  });
});
