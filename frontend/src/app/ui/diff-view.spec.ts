import { describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import type { ComponentFixture } from '@angular/core/testing';
import { I18n } from '../platform/i18n/i18n';
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

  it('says what the manager says about a diff, and anything else as it is', async () => {
    const { t } = TestBed.inject(I18n);
    const cut = elementOf(await shown(`${created(1)}… (the rest is not shown)\n`));
    const secret = elementOf(await shown('config.json: a secret changes\n'));
    const other = elementOf(await shown('binary files differ\n'));

    expect(cut.textContent).toContain(t('diff.cut'));
    expect(secret.textContent).toContain(t('diff.secretChanges'));
    expect(other.textContent).toContain('binary files differ');
  });

  it('says so when nothing differs', async () => {
    expect(elementOf(await shown('')).textContent).toContain('No difference');
  });
});
