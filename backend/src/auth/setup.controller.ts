import { Body, Controller, Get, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Endpoint, PUBLIC } from '../platform/http/index.js';
import {
  PASSWORD_REFUSED,
  SETUP_CODE_INVALID,
  SETUP_CODE_LOCKED,
  SETUP_DONE,
} from './auth.errors.js';
import { CompleteSetup, SetupState, userView, UserView } from './auth.schema.js';
import { AuthenticationService } from './authentication.service.js';
import type { SignedInRequest } from './current-authentication.js';
import { SetupService } from './setup.service.js';

/** The first administrator. */
@ApiTags('access')
@Controller('api/v1/setup')
export class SetupController {
  constructor(
    private readonly setup: SetupService,
    private readonly authentication: AuthenticationService,
  ) {}

  @Get()
  @Endpoint({
    permission: PUBLIC,
    summary: 'Tell whether the first administrator is still to be made',
    response: SetupState,
  })
  async getSetup(): Promise<z.infer<typeof SetupState>> {
    return { needed: await this.setup.isNeeded() };
  }

  @Post()
  @Endpoint({
    permission: PUBLIC,
    summary: 'Make the first administrator with the one-time setup code',
    response: UserView,
    status: 201,
    errors: [SETUP_DONE, SETUP_CODE_INVALID, SETUP_CODE_LOCKED, PASSWORD_REFUSED],
  })
  async completeSetup(
    @Req() request: SignedInRequest,
    @Body({ schema: CompleteSetup }) body: CompleteSetup,
  ): Promise<UserView> {
    const { address } = this.authentication.originOf(request);
    const correlationId = request.correlationId ?? 'none';
    return userView(await this.setup.complete({ address, correlationId }, body));
  }
}
