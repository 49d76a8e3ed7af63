import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { AppError } from '../platform/errors/index.js';
import type { AuthenticatedRequest } from '../platform/http/index.js';
import { SESSION_REQUIRED } from './auth.errors.js';
import type { Authentication } from './authentication.service.js';

/** A request behind the guard, with how its actor proved themselves. */
export interface SignedInRequest extends AuthenticatedRequest {
  authentication?: Authentication;
}

/** A person with a session. */
export interface SignedInPerson {
  readonly userId: string;
  readonly sessionId: string;
}

/** How the actor of the request proved themselves. Only for routes that are not public. */
export const CurrentAuthentication = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Authentication => authenticationOf(context),
);

/** The person of the request; API tokens are refused with session_required. */
export const CurrentPerson = createParamDecorator(
  (_data: unknown, context: ExecutionContext): SignedInPerson => {
    const { userId, via } = authenticationOf(context);
    if (userId === null || via.kind !== 'session') {
      throw new AppError(
        SESSION_REQUIRED,
        'Sign in with login and password; a token cannot do this.',
      );
    }
    return { userId, sessionId: via.sessionId };
  },
);

function authenticationOf(context: ExecutionContext): Authentication {
  const { authentication } = context.switchToHttp().getRequest<SignedInRequest>();
  if (!authentication) throw new Error('the route is public or the guard did not run');
  return authentication;
}
