import { describe, expect, it } from '@jest/globals';
import { RequestBudget } from './request-budget.js';

const LIMITS = { requests: 3, seconds: 30, addresses: 2 };

describe('RequestBudget', () => {
  it('bounds an address and tells when it may ask again', () => {
    const budget = new RequestBudget(LIMITS);
    const take = (now: number): number => budget.take('a', now);

    expect([take(0), take(0), take(0), take(0)]).toEqual([0, 0, 0, 10]);
    expect(take(4_000)).toBe(6);
    expect(take(10_000)).toBe(0);
  });

  it('gives each address a budget of its own and refills no more than one', () => {
    const budget = new RequestBudget(LIMITS);
    for (let request = 0; request < 3; request += 1) budget.take('a', 0);

    expect(budget.take('b', 0)).toBe(0);
    const later = [1, 2, 3, 4].map(() => budget.take('a', 3_600_000));
    expect(later).toEqual([0, 0, 0, 10]);
  });

  it('remembers a bounded number of addresses', () => {
    const budget = new RequestBudget(LIMITS);
    for (let request = 0; request < 3; request += 1) budget.take('a', 0);
    budget.take('b', 0);
    budget.take('c', 0);

    expect(budget.take('a', 0)).toBe(0);
  });
});
