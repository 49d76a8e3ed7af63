/** How many requests an address may make, and over what time. */
export interface BudgetLimits {
  readonly requests: number;
  readonly seconds: number;
  /** Addresses remembered; the longest silent one is forgotten first. */
  readonly addresses: number;
}

/**
 * Bounds how often an address may ask something that needs no login. Each address has a budget that
 * refills evenly. It is kept in memory: several managers each give one.
 */
export class RequestBudget {
  private readonly spent = new Map<string, { tokens: number; at: number }>();

  constructor(private readonly limits: BudgetLimits) {}

  /** Takes one request from the budget of an address; answers after how many seconds there is one again, else 0. */
  take(address: string, now = Date.now()): number {
    const { requests, seconds, addresses } = this.limits;
    const perMs = requests / (seconds * 1000);
    const known = this.spent.get(address) ?? { tokens: requests, at: now };
    const tokens = Math.min(requests, known.tokens + Math.max(0, now - known.at) * perMs);
    const isAllowed = tokens >= 1;
    // Set anew, so that the map stays in the order of use.
    this.spent.delete(address);
    this.spent.set(address, { tokens: isAllowed ? tokens - 1 : tokens, at: now });
    for (const oldest of this.spent.keys()) {
      if (this.spent.size <= addresses) break;
      this.spent.delete(oldest);
    }
    return isAllowed ? 0 : Math.ceil((1 - tokens) / perMs / 1000);
  }
}
