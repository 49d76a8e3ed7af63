import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EnvironmentInjector, runInInjectionContext, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { ActivatedRouteSnapshot, RouterStateSnapshot } from '@angular/router';
import { Dialogs } from './dialogs';
import { guardTab, requireNoUnsaved } from './unsaved-changes';

const confirm = jest.fn<() => Promise<boolean>>();

beforeEach(() => {
  confirm.mockReset();
  TestBed.configureTestingModule({ providers: [{ provide: Dialogs, useValue: { confirm } }] });
});

function leave(hasUnsaved: boolean): unknown {
  const route = {} as ActivatedRouteSnapshot;
  const state = {} as RouterStateSnapshot;
  return runInInjectionContext(TestBed.inject(EnvironmentInjector), () =>
    requireNoUnsaved({ hasUnsaved: signal(hasUnsaved) }, route, state, state),
  );
}

describe('requireNoUnsaved', () => {
  it('lets go of a page without changes', () => {
    expect(leave(false)).toBe(true);
    expect(confirm).not.toHaveBeenCalled();
  });

  it.each([true, false])('leaves a page with changes as it is answered: %s', async (answer) => {
    confirm.mockResolvedValue(answer);

    expect(await leave(true)).toBe(answer);
  });
});

describe('guardTab', () => {
  it('has the browser ask while something is unsaved', () => {
    const hasUnsaved = signal(false);
    runInInjectionContext(TestBed.inject(EnvironmentInjector), () => {
      guardTab(hasUnsaved);
    });
    const closing = (): boolean =>
      !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));

    expect(closing()).toBe(false);
    hasUnsaved.set(true);
    expect(closing()).toBe(true);
  });
});
