import { Injectable } from '@nestjs/common';
import { TOO_MANY_ATTEMPTS } from '../../auth/index.js';
import { sha256 } from '../../platform/crypto/index.js';
import { AppError } from '../../platform/errors/index.js';
import { RequestBudget } from './request-budget.js';
import { shareLinksFor } from './share-links.js';
import { subscriptionAnswer, subscriptionFormat } from './subscription.js';
import type { SubscriptionAnswer, SubscriptionRequest } from './subscription.js';
import { SubscriptionsRepository } from './subscriptions.repository.js';
import { TrafficRepository } from './traffic.repository.js';
import { XrayDeployments } from './xray-deployments.js';
import { SUBSCRIPTION_NOT_FOUND } from './xray-host.errors.js';

const LIMITS = { requests: 60, seconds: 60, addresses: 10_000 } as const;

/** What a token of a subscription looks like: 256 random bits. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/**
 * Answers client programs that fetch their links, without a login. Tokens are looked up by their digest, so
 * that the time of the answer tells nothing about them; everything wrong gets the same answer.
 */
@Injectable()
export class Subscriptions {
  private readonly budget = new RequestBudget(LIMITS);

  constructor(
    private readonly repository: SubscriptionsRepository,
    private readonly xrays: XrayDeployments,
    private readonly traffic: TrafficRepository,
  ) {}

  /** The links of the client whose token this is. @throws AppError subscription_not_found, too_many_attempts */
  async answer(
    token: string,
    request: SubscriptionRequest & { readonly address: string | null },
  ): Promise<SubscriptionAnswer> {
    this.refuseTooMany(request.address ?? 'unknown');
    const owner = TOKEN.test(token) ? await this.repository.use(sha256(token)) : null;
    const applied = owner && (await this.xrays.applied(owner.deploymentId));
    const client = applied?.config.clients.find(({ id }) => id === owner?.clientId);
    if (!applied || client?.enabled !== true) {
      throw new AppError(
        SUBSCRIPTION_NOT_FOUND,
        'Ask whoever gave you this address for a new one.',
      );
    }
    const traffic = (await this.traffic.totals(applied.deployment.id)).get(client.id);
    const facts = {
      title: client.name,
      uploadBytes: Number(traffic?.uplink ?? 0n),
      downloadBytes: Number(traffic?.downlink ?? 0n),
    };
    const links = shareLinksFor(applied.config, client);
    return subscriptionAnswer(links, facts, subscriptionFormat(request));
  }

  private refuseTooMany(address: string): void {
    const seconds = this.budget.take(address);
    if (seconds === 0) return;
    throw new AppError(TOO_MANY_ATTEMPTS, `Try again in ${String(seconds)} s.`, {
      retry_after_seconds: seconds,
    });
  }
}
