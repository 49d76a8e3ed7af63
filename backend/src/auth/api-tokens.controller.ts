import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, Endpoint } from '../platform/http/index.js';
import type { Actor, Page } from '../platform/http/index.js';
import { ApiTokensService } from './api-tokens.service.js';
import { ROLE_TOO_HIGH, TOKEN_NAME_TAKEN, TOKEN_NOT_FOUND } from './auth.errors.js';
import {
  ApiTokenPage,
  apiTokenView,
  CreateApiToken,
  CreatedApiToken,
  createdTokenView,
  IdParam,
  ListQuery,
  viewPage,
} from './auth.schema.js';
import type { ApiTokenView } from './auth.schema.js';
import type { Authentication } from './authentication.service.js';
import { CurrentAuthentication } from './current-authentication.js';

/** Tokens with which programs use the API. */
@ApiTags('access')
@Controller('api/v1/api-tokens')
export class ApiTokensController {
  constructor(private readonly tokens: ApiTokensService) {}

  @Get()
  @Endpoint({
    permission: 'tokens:manage',
    summary: 'List the API tokens that are not revoked',
    response: ApiTokenPage,
  })
  async listApiTokens(@Query({ schema: ListQuery }) query: ListQuery): Promise<Page<ApiTokenView>> {
    return viewPage(await this.tokens.list(query.limit, query.cursor), apiTokenView);
  }

  @Post()
  @Endpoint({
    permission: 'tokens:manage',
    summary: 'Make an API token; the answer shows it, once',
    response: CreatedApiToken,
    status: 201,
    errors: [TOKEN_NAME_TAKEN, ROLE_TOO_HIGH],
  })
  async createApiToken(
    @CurrentAuthentication() { actor, userId }: Authentication,
    @Body({ schema: CreateApiToken }) { name, role, expires_in_days }: CreateApiToken,
  ): Promise<CreatedApiToken> {
    const request = { name, role, expiresInDays: expires_in_days };
    return createdTokenView(await this.tokens.create(actor, userId, request));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'tokens:manage',
    summary: 'Revoke an API token',
    errors: [TOKEN_NOT_FOUND],
  })
  revokeApiToken(
    @CurrentActor() actor: Actor,
    @Param({ schema: IdParam }) { id }: IdParam,
  ): Promise<void> {
    return this.tokens.revoke(actor, id);
  }
}
