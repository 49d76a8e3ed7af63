import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, Endpoint } from '../platform/http/index.js';
import type { Actor, Page } from '../platform/http/index.js';
import { LAST_ADMIN, LOGIN_TAKEN, PASSWORD_REFUSED, USER_NOT_FOUND } from './auth.errors.js';
import {
  CreateUser,
  IdParam,
  ListQuery,
  UpdateUser,
  UserPage,
  userView,
  UserView,
  viewPage,
} from './auth.schema.js';
import { UsersService } from './users.service.js';

/** The people who may sign in. */
@ApiTags('access')
@Controller('api/v1/users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @Endpoint({ permission: 'users:manage', summary: 'List users', response: UserPage })
  async listUsers(@Query({ schema: ListQuery }) query: ListQuery): Promise<Page<UserView>> {
    return viewPage(await this.users.list(query.limit, query.cursor), userView);
  }

  @Post()
  @Endpoint({
    permission: 'users:manage',
    summary: 'Add a user',
    response: UserView,
    status: 201,
    errors: [LOGIN_TAKEN, PASSWORD_REFUSED],
  })
  async createUser(
    @CurrentActor() actor: Actor,
    @Body({ schema: CreateUser }) body: CreateUser,
  ): Promise<UserView> {
    return userView(await this.users.create(actor, body));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'users:manage',
    summary: 'Change a user’s role or password, or disable them',
    response: UserView,
    errors: [USER_NOT_FOUND, LAST_ADMIN, PASSWORD_REFUSED],
  })
  async updateUser(
    @CurrentActor() actor: Actor,
    @Param({ schema: IdParam }) { id }: IdParam,
    @Body({ schema: UpdateUser }) body: UpdateUser,
  ): Promise<UserView> {
    return userView(await this.users.change(actor, id, body));
  }
}
