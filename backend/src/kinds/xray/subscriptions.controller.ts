import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AuthenticationService } from '../../auth/index.js';
import { Endpoint, PUBLIC } from '../../platform/http/index.js';
import { Subscriptions } from './subscriptions.service.js';
import { SubscriptionPath, SubscriptionQuery } from './xray-clients.schema.js';
import { SUBSCRIPTION_NOT_FOUND } from './xray-host.errors.js';

/** What client programs fetch. Its address is all they need, so it is short and holds the secret. */
@ApiTags('xray')
@Controller('sub')
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly authentication: AuthenticationService,
  ) {}

  @Get(':token')
  @Endpoint({
    permission: PUBLIC,
    summary: 'Links of the client that the token belongs to',
    produces: 'text/plain',
    errors: [SUBSCRIPTION_NOT_FOUND],
  })
  async getSubscription(
    @Param({ schema: SubscriptionPath }) { token }: SubscriptionPath,
    @Query({ schema: SubscriptionQuery }) { format }: SubscriptionQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { body, headers } = await this.subscriptions.answer(token, {
      address: this.authentication.originOf(request).address,
      format,
      accept: request.headers.accept,
      userAgent: request.headers['user-agent'],
    });
    response.set(headers).send(body);
  }
}
