import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Component, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { LiveConnection } from '../platform/live/live-connection';
import type { LiveState } from '../platform/live/live-connection';
import { Problem } from '../platform/problem/problem';
import { ErrorState } from './error-state';

@Component({
  selector: 'app-host',
  imports: [ErrorState],
  template: `<ui-error-state [error]="error()" (retry)="retried()" />`,
})
class Host {
  readonly error = signal<unknown>(null);
  readonly retried = jest.fn<() => void>();
}

const unreachable = new Problem({
  name: 'manager_unreachable',
  title: 'x',
  detail: 'y',
  status: 0,
});

describe('ErrorState', () => {
  let state: ReturnType<typeof signal<LiveState>>;
  let fixture: ReturnType<typeof TestBed.createComponent<Host>>;
  const text = (): string => (fixture.nativeElement as HTMLElement).textContent;

  beforeEach(() => {
    state = signal<LiveState>('reconnecting');
    TestBed.configureTestingModule({
      providers: [{ provide: LiveConnection, useValue: { state } }],
    });
    fixture = TestBed.createComponent(Host);
  });

  it('says what happened, what to do, and by which id it is found', async () => {
    fixture.componentInstance.error.set(
      new Problem({
        name: 'internal_error',
        title: 'Something went wrong inside the manager',
        detail: 'Try again.',
        status: 500,
        correlationId: 'abc-7',
        fields: [{ path: 'ssh.port', message: 'too big' }],
      }),
    );
    await fixture.whenStable();

    for (const part of ['inside the manager', 'Try again.', 'abc-7', 'ssh.port', 'too big']) {
      expect(text()).toContain(part);
    }
  });

  it('names a bug of the console as one', async () => {
    fixture.componentInstance.error.set(new TypeError('x is undefined'));
    await fixture.whenStable();

    expect(text()).toContain('Something went wrong in the console');
  });

  it('tries again by itself once the connection is back', async () => {
    fixture.componentInstance.error.set(unreachable);
    await fixture.whenStable();
    expect(fixture.componentInstance.retried).not.toHaveBeenCalled();

    state.set('live');
    await fixture.whenStable();

    expect(fixture.componentInstance.retried).toHaveBeenCalledTimes(1);
  });

  it('does not repeat by itself what the manager refused', async () => {
    fixture.componentInstance.error.set(
      new Problem({ name: 'x', title: 'Refused', detail: 'No.', status: 409 }),
    );
    await fixture.whenStable();

    state.set('live');
    await fixture.whenStable();

    expect(fixture.componentInstance.retried).not.toHaveBeenCalled();
  });
});
