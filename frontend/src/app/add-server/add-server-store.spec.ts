import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { AddManyStore } from './add-many-store';
import { AddServerStore } from './add-server-store';

describe('what is seen of a server', () => {
  let answer: () => Promise<void>;

  beforeEach(() => {
    const probe = Promise.withResolvers<unknown>();
    answer = async () => {
      const key = { fingerprint: 'SHA256:seen', algorithm: 'ssh-ed25519' };
      probe.resolve({ reachable: true, host_key: key, problem: null });
      await new Promise((resolve) => setTimeout(resolve));
    };
    TestBed.configureTestingModule({
      providers: [
        AddManyStore,
        AddServerStore,
        provideRouter([]),
        { provide: Api, useValue: { invoke: () => probe.promise } },
      ],
    });
  });

  it('leads on where the address is still the same', async () => {
    const store = TestBed.inject(AddServerStore);
    store.change({ host: '192.0.2.1' });

    void store.next();
    await answer();

    expect(store.probe()?.reachable).toBe(true);
    expect(store.step()).toBe('hostKey');
  });

  it('is nothing about another address that was typed meanwhile', async () => {
    const store = TestBed.inject(AddServerStore);
    store.change({ host: '192.0.2.1' });

    void store.next();
    store.change({ host: '192.0.2.2' });
    await answer();

    expect(store.probe()).toBeNull();
    expect(store.step()).toBe('address');
  });

  it('is nothing about another server that stands in its line meanwhile', async () => {
    const store = TestBed.inject(AddManyStore);
    store.text.set('192.0.2.1');

    const looking = store.probeAll();
    store.text.set('192.0.2.2');
    await answer();
    await looking;

    expect(store.seen()).toBe(0);
    expect(store.toProbe()).toBe(1);
  });
});
