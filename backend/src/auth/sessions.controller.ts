import { Body, Controller, Delete, Get, Param, Post, Put, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentActor, Endpoint, PUBLIC } from '../platform/http/index.js';
import type { Actor } from '../platform/http/index.js';
import {
  LOGIN_FAILED,
  PASSWORD_REFUSED,
  SESSION_NOT_FOUND,
  SESSION_REQUIRED,
  TOO_MANY_ATTEMPTS,
} from './auth.errors.js';
import {
  ChangePassword,
  CurrentSession,
  currentSessionView,
  IdParam,
  SessionList,
  sessionListView,
  SignIn,
} from './auth.schema.js';
import type { Authentication } from './authentication.service.js';
import { BrowserSessions } from './browser-sessions.js';
import { CurrentAuthentication, CurrentPerson } from './current-authentication.js';
import type { SignedInPerson, SignedInRequest } from './current-authentication.js';
import { SELF } from './roles.js';
import { SessionsService } from './sessions.service.js';

/** Signing in and out, and one's own sessions. */
@ApiTags('access')
@Controller('api/v1')
export class SessionsController {
  constructor(
    private readonly browser: BrowserSessions,
    private readonly sessions: SessionsService,
  ) {}

  @Post('session')
  @Endpoint({
    permission: PUBLIC,
    summary: 'Sign in; the session comes as a cookie',
    response: CurrentSession,
    errors: [LOGIN_FAILED, TOO_MANY_ATTEMPTS],
  })
  signIn(
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
    @Body({ schema: SignIn }) body: SignIn,
  ): Promise<CurrentSession> {
    return this.browser.signIn(request, response, body);
  }

  @Get('session')
  @Endpoint({
    permission: SELF,
    summary: 'Tell who is signed in and what they may do',
    response: CurrentSession,
  })
  getSession(@CurrentAuthentication() authentication: Authentication): CurrentSession {
    return currentSessionView(authentication);
  }

  @Delete('session')
  @Endpoint({ permission: SELF, summary: 'Sign out', errors: [SESSION_REQUIRED] })
  signOut(
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
    @CurrentActor() actor: Actor,
    @CurrentPerson() person: SignedInPerson,
  ): Promise<void> {
    return this.browser.signOut(request, response, actor, person);
  }

  @Put('session/password')
  @Endpoint({
    permission: SELF,
    summary: 'Change one’s own password and end one’s other sessions',
    errors: [LOGIN_FAILED, PASSWORD_REFUSED, TOO_MANY_ATTEMPTS, SESSION_REQUIRED],
  })
  changePassword(
    @Res({ passthrough: true }) response: Response,
    @CurrentActor() actor: Actor,
    @CurrentPerson() person: SignedInPerson,
    @Body({ schema: ChangePassword }) body: ChangePassword,
  ): Promise<void> {
    return this.browser.changePassword(response, actor, person, body);
  }

  @Get('sessions')
  @Endpoint({
    permission: SELF,
    summary: 'List one’s own sessions, latest first',
    response: SessionList,
    errors: [SESSION_REQUIRED],
  })
  async listSessions(@CurrentPerson() person: SignedInPerson): Promise<SessionList> {
    return sessionListView(await this.sessions.list(person.userId), person.sessionId);
  }

  @Delete('sessions/:id')
  @Endpoint({
    permission: SELF,
    summary: 'End one of one’s own sessions',
    errors: [SESSION_NOT_FOUND, SESSION_REQUIRED],
  })
  endSession(
    @CurrentActor() actor: Actor,
    @CurrentPerson() person: SignedInPerson,
    @Param({ schema: IdParam }) { id }: IdParam,
  ): Promise<void> {
    return this.sessions.end(actor, person.userId, id);
  }
}
