import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { AppError } from '../platform/errors/index.js';
import { PERMISSION, PUBLIC, UNSUPPORTED_MEDIA_TYPE } from '../platform/http/index.js';
import { anonymous } from './anonymous.js';
import { AUTHENTICATION_REQUIRED, CROSS_ORIGIN_REQUEST, PERMISSION_DENIED } from './auth.errors.js';
import { AuthenticationService } from './authentication.service.js';
import type { Authentication } from './authentication.service.js';
import type { SignedInRequest } from './current-authentication.js';
import { DenialLog } from './denial-log.js';
import { permits, SELF } from './roles.js';
import { isSafeMethod } from './same-origin.js';

/**
 * The one gate in front of every route: default deny. A route says which permission it takes; this finds
 * out who asks and whether their role has it. Requests that change something must not come from another
 * site's page.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authentication: AuthenticationService,
    private readonly denials: DenialLog,
  ) {}

  /**
   * True when the request may go on; `request.actor` is set then, unless the route is public.
   *
   * @throws AppError authentication_required, permission_denied, cross_origin_request
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const permission = this.reflector.get<unknown>(PERMISSION, context.getHandler());
    if (context.getType() !== 'http' || typeof permission !== 'string') {
      throw new Error(`${context.getClass().name}.${context.getHandler().name} has no permission`);
    }
    const request = context.switchToHttp().getRequest<SignedInRequest>();
    const isUnsafe = !isSafeMethod(request.method);
    if (isUnsafe && this.authentication.sourceOf(request) === 'cross_origin') throw crossOrigin();
    if (permission === PUBLIC) return true;
    const correlationId = request.correlationId ?? 'none';
    const found = await this.authentication.authenticate(request, { correlationId });
    if (found === null) {
      const response = context.switchToHttp().getResponse<Response>();
      // RFC 9110, section 11.6.1: a 401 names the scheme.
      response.setHeader('www-authenticate', 'Bearer');
      throw await this.unauthenticated(request, permission);
    }
    if (isUnsafe && found.via.kind === 'session') this.requireOwnPage(request);
    if (!permits(found.role, permission)) throw await this.forbidden(request, permission, found);
    request.actor = found.actor;
    request.authentication = found;
    return true;
  }

  /** A browser's changes must say that they come from our own pages, as JSON. */
  private requireOwnPage(request: SignedInRequest): void {
    if (this.authentication.sourceOf(request) !== 'same_origin') throw crossOrigin();
    if (hasBody(request) && request.is('application/json') !== 'application/json') {
      throw new AppError(UNSUPPORTED_MEDIA_TYPE, 'Send the body as application/json.');
    }
  }

  private async unauthenticated(request: SignedInRequest, permission: string): Promise<AppError> {
    const { authorization, cookie } = request.headers;
    // A page that asks who is signed in, and nobody is: no denial worth keeping.
    const isQuestion = permission === SELF && authorization === undefined && cookie === undefined;
    if (!isQuestion) {
      const { address } = this.authentication.originOf(request);
      const actor = anonymous({ address, correlationId: request.correlationId ?? 'none' });
      await this.denials.record({ actor, permission, ...routeOf(request) });
    }
    return new AppError(
      AUTHENTICATION_REQUIRED,
      authorization === undefined
        ? 'Sign in, or send an API token as "Authorization: Bearer myx_...".'
        : 'The API token is wrong, expired or revoked. Make a new one.',
    );
  }

  private async forbidden(
    request: SignedInRequest,
    permission: string,
    { actor, role }: Authentication,
  ): Promise<AppError> {
    await this.denials.record({ actor, permission, ...routeOf(request) });
    return new AppError(
      PERMISSION_DENIED,
      `The role ${role} lacks the permission ${permission}. Ask an administrator.`,
      { permission },
    );
  }
}

/** Some changes do without a body; browsers then send a length of 0 and no type. */
function hasBody({ headers }: SignedInRequest): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function routeOf(request: SignedInRequest): { method: string; path: string } {
  return { method: request.method, path: request.path };
}

function crossOrigin(): AppError {
  return new AppError(
    CROSS_ORIGIN_REQUEST,
    'Changes are taken only from the manager’s own pages. Programs use an API token instead of a cookie. Behind a reverse proxy set public_url, or trusted_proxies.',
  );
}
