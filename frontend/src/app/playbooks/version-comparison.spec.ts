import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import type { ComponentFixture } from '@angular/core/testing';
import { Api } from '../platform/api/generated/api';
import type { PlaybookVersionDiff } from '../platform/api/generated/models/playbook-version-diff';
import { VersionComparison } from './version-comparison';

const PATCH = '--- playbook.yml\n+++ playbook.yml\n@@ -1 +1 @@\n-old\n+new\n';
const NOTHING = { content_diff: null, variables_diff: null };

describe('VersionComparison', () => {
  const invoke = jest.fn<(fn: unknown, asked: unknown) => Promise<PlaybookVersionDiff>>();
  let fixture: ComponentFixture<VersionComparison>;
  const root = (): HTMLElement => fixture.nativeElement as HTMLElement;
  const select = (): HTMLSelectElement | null => root().querySelector('select');

  async function show(version: number, against: number | null = null): Promise<void> {
    fixture = TestBed.createComponent(VersionComparison);
    fixture.componentRef.setInput('playbookId', 'p');
    fixture.componentRef.setInput('version', version);
    fixture.componentRef.setInput('latest', 3);
    fixture.componentRef.setInput('against', against);
    await fixture.whenStable();
  }

  beforeEach(() => {
    invoke.mockReset();
    TestBed.configureTestingModule({ providers: [{ provide: Api, useValue: { invoke } }] });
  });

  it('compares with the version before, and shows text and variables apart', async () => {
    invoke.mockResolvedValue({
      version: 3,
      against: 2,
      content_diff: PATCH,
      variables_diff: PATCH.replace('new', 'other'),
    });

    await show(3);

    expect(invoke.mock.calls[0]?.[1]).toEqual({ id: 'p', version: 3, against: 2 });
    expect(select()?.selectedOptions[0]?.textContent).toContain('Version 2, the one before');
    expect([...root().querySelectorAll('ins')].map((line) => line.textContent)).toEqual([
      'added: new',
      'added: other',
    ]);
  });

  it('compares with another one that is chosen, never with itself', async () => {
    invoke.mockResolvedValue({ version: 2, against: 1, ...NOTHING });
    await show(2);
    const chosen = jest.fn();
    fixture.componentInstance.chosen.subscribe(chosen);

    const choice = select();
    expect([...(choice?.options ?? [])].map(({ value }) => value)).toEqual(['3', '1']);
    if (choice) choice.value = '3';
    choice?.dispatchEvent(new Event('change'));
    expect(chosen).toHaveBeenCalledWith(3);

    fixture.componentRef.setInput('against', 3);
    await fixture.whenStable();
    expect(invoke.mock.calls.at(-1)?.[1]).toEqual({ id: 'p', version: 2, against: 3 });
  });

  it('says so when nothing differs', async () => {
    invoke.mockResolvedValue({ version: 2, against: 1, ...NOTHING });

    await show(2);

    expect(root().textContent).toContain('Nothing differs.');
  });

  it('says of the first version that there is none before it', async () => {
    invoke.mockResolvedValue({ version: 1, against: null, ...NOTHING });

    await show(1);

    expect(invoke.mock.calls[0]?.[1]).toEqual({ id: 'p', version: 1 });
    expect(root().textContent).toContain('This is the first version');
    expect(select()?.value).toBe('');
  });

  it('says that the text is the same when only variables differ', async () => {
    invoke.mockResolvedValue({ version: 2, against: 1, ...NOTHING, variables_diff: PATCH });

    await show(2);

    expect(root().textContent).toContain('The text is the same.');
    expect(root().querySelectorAll('ui-diff-view')).toHaveLength(1);
  });
});
