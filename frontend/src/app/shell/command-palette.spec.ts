import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { ComponentFixture } from '@angular/core/testing';
import { LiveAnnouncer } from '@angular/cdk/a11y';
import { DialogRef } from '@angular/cdk/dialog';
import { Actions } from '../platform/shortcuts/actions';
import type { PaletteAction } from '../platform/shortcuts/actions';
import { BuiltInActions } from './built-in-actions';
import { CommandPalette } from './command-palette';

describe('CommandPalette', () => {
  const close = jest.fn<() => void>();
  const run = jest.fn<() => void>();
  const announce = jest.fn<(text: string) => Promise<void>>();
  const builtIn = signal<readonly PaletteAction[]>([]);
  const FOUND: PaletteAction = { id: 'f', label: 'web-1', group: 'Servers', icon: 'server', run };
  let found: PromiseWithResolvers<readonly PaletteAction[]>;
  let fixture: ComponentFixture<CommandPalette>;
  const input = (): HTMLInputElement | null =>
    (fixture.nativeElement as HTMLElement).querySelector('input');

  beforeEach(() => {
    close.mockReset();
    run.mockReset();
    announce.mockReset();
    builtIn.set([]);
    found = Promise.withResolvers();
    TestBed.configureTestingModule({
      providers: [
        { provide: DialogRef, useValue: { close, config: {} } },
        { provide: BuiltInActions, useValue: { all: builtIn } },
        { provide: LiveAnnouncer, useValue: { announce } },
      ],
    });
    TestBed.inject(Actions).register((query) => (query === '' ? [] : found.promise));
    fixture = TestBed.createComponent(CommandPalette);
    TestBed.tick();
  });

  function type(text: string): void {
    const field = input();
    if (field) field.value = text;
    field?.dispatchEvent(new Event('input'));
    TestBed.tick();
  }

  function enter(): void {
    input()?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
    TestBed.tick();
  }

  const options = (): Element[] => [
    ...(fixture.nativeElement as HTMLElement).querySelectorAll('[role=option]'),
  ];
  const selected = (): string[] =>
    options()
      .filter((option) => option.getAttribute('aria-selected') === 'true')
      .map(({ textContent }) => textContent.trim());

  const text = (): string => (fixture.nativeElement as HTMLElement).textContent;

  it('runs what is found for somebody who pressed Enter before', async () => {
    type('web');
    enter();
    expect(run).not.toHaveBeenCalled();

    found.resolve([FOUND]);
    await fixture.whenStable();

    expect(run).toHaveBeenCalledTimes(1);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('forgets that Enter was pressed once something else is typed', async () => {
    type('we');
    enter();
    type('web');

    found.resolve([FOUND]);
    await fixture.whenStable();
    expect(run).not.toHaveBeenCalled();

    enter();
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('runs nothing where nothing is found', async () => {
    type('nothing');
    enter();

    found.resolve([FOUND]);
    await fixture.whenStable();

    expect(run).not.toHaveBeenCalled();
  });

  it('tells how much is found, or that nothing is, only once it has looked', async () => {
    await fixture.whenStable();
    announce.mockReset();
    type('web');
    expect(announce).not.toHaveBeenCalled();
    expect(text()).not.toContain('Nothing');

    found.resolve([]);
    await fixture.whenStable();

    expect(announce.mock.calls).toEqual([['0 results']]);
    expect(text()).toContain('Nothing');
  });

  it('keeps what was chosen when more is found', async () => {
    const other = { ...FOUND, id: 'o', group: 'Pages', run: jest.fn<() => void>() };
    const chosen = { ...FOUND, id: 'c', group: 'Pages', label: 'web pages' };
    builtIn.set([other, chosen]);
    type('web');
    options()[1]?.dispatchEvent(new Event('pointermove'));

    found.resolve([FOUND, { ...FOUND, id: 'g' }]);
    await fixture.whenStable();
    expect(selected()).toEqual(['web pages']);

    enter();
    expect(other.run).not.toHaveBeenCalled();
    expect(run).toHaveBeenCalledTimes(1);
  });
});
