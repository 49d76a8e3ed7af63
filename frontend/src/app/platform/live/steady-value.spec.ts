import { describe, expect, it } from '@jest/globals';
import { resource, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { steadyValue } from './steady-value';

function setUp() {
  const id = signal('a');
  const version = signal(1);
  const answers: PromiseWithResolvers<string>[] = [];
  const value = TestBed.runInInjectionContext(() =>
    steadyValue(
      resource({
        params: () => ({ id: id(), version: version() }),
        loader: () => {
          const answer = Promise.withResolvers<string>();
          answers.push(answer);
          return answer.promise;
        },
      }),
      id,
    ),
  );
  return { id, version, value, answers };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) {
    TestBed.tick();
    await Promise.resolve();
  }
}

describe('steadyValue', () => {
  it('keeps what is known while the same subject is fetched anew', async () => {
    const { version, value, answers } = setUp();
    await settled();
    answers[0]?.resolve('first');
    await settled();
    expect(value()).toBe('first');

    version.set(2);
    await settled();
    expect(answers).toHaveLength(2);
    expect(value()).toBe('first');

    answers[1]?.resolve('second');
    await settled();
    expect(value()).toBe('second');
  });

  it('shows nothing of another subject', async () => {
    const { id, value, answers } = setUp();
    await settled();
    answers[0]?.resolve('first');
    await settled();
    expect(value()).toBe('first');

    id.set('b');
    await settled();

    expect(value()).toBeUndefined();
  });

  it('shows nothing once fetching anew has failed', async () => {
    const { version, value, answers } = setUp();
    await settled();
    answers[0]?.resolve('first');
    await settled();
    expect(value()).toBe('first');

    version.set(2);
    await settled();
    answers[1]?.reject(new Error('no answer'));
    await settled();

    expect(value()).toBeUndefined();
  });
});
