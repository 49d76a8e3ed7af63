import { existsSync } from 'node:fs';
import path from 'node:path';
import { StandardSchemaSerializerInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import compression from 'compression';
import express from 'express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { ManagerConfig } from '../platform/config/index.js';
import { AppError } from '../platform/errors/index.js';
import {
  ProblemFilter,
  requestContext,
  UNSUPPORTED_MEDIA_TYPE,
  validationPipe,
} from '../platform/http/index.js';

/** Largest JSON body, a little above the largest script with its base64 overhead. */
const BODY_LIMIT_BYTES = 1024 * 1024;

/** How long an idle connection is kept: longer than clients and proxies keep theirs, milliseconds. */
const KEEP_ALIVE_MS = 75_000;

/** What is never a page of the web UI. */
const SERVICE_PATH = /^\/(api|sub|healthz|readyz|metrics)(\/|$)/;

/** Files whose name changes with their content. */
const HASHED_NAME = /-[A-Za-z0-9_-]{8}\.(js|css|woff2?)$/;

/** Pages, scripts, styles, pictures made of text, and JSON. */
const COMPRESSED_TYPE =
  /^(text\/(html|css|javascript|plain)|image\/svg\+xml|application\/(.+\+)?(json|javascript))\b/;

const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    connectSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    requireTrustedTypesFor: ["'script'"],
    trustedTypes: ['angular', 'angular#bundler'],
  },
};

/** Everything between the socket and the controllers, in order. */
export function configureHttpStack(
  app: NestExpressApplication,
  config: ManagerConfig,
  logger: Logger,
  frontend: string,
): void {
  // Closed by the client, an idle connection is never closed under a request that is on its way.
  app.getHttpServer().keepAliveTimeout = KEEP_ALIVE_MS;
  app.set('trust proxy', config.trusted_proxies);
  app.disable('x-powered-by');
  app.use(requestContext);
  app.use(
    helmet({
      contentSecurityPolicy: CONTENT_SECURITY_POLICY,
      // Sent only where there is TLS: otherwise it would lock people out of a plain test set-up.
      strictTransportSecurity: config.listen.tls !== undefined,
      referrerPolicy: { policy: 'no-referrer' },
    }),
  );
  app.use(compression({ filter: isCompressed }));
  app.use('/api', noStore);
  app.use(onlyJson);
  app.use(express.json({ limit: BODY_LIMIT_BYTES, type: 'application/json' }));
  app.use(webUi(frontend));
  app.useGlobalPipes(validationPipe());
  app.useGlobalInterceptors(new StandardSchemaSerializerInterceptor(app.get(Reflector)));
  app.useGlobalFilters(new ProblemFilter(logger));
}

/**
 * Serves the built web UI: its files, and for any other page address the entry page, whose router knows
 * the rest.
 */
function webUi(folder: string): RequestHandler {
  const files = express.static(folder, {
    index: false,
    cacheControl: false,
    setHeaders: (response, file) => {
      response.setHeader(
        'cache-control',
        HASHED_NAME.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
  const entry = path.join(folder, 'index.html');
  return (request, response, next) => {
    const isPage =
      (request.method === 'GET' || request.method === 'HEAD') && !SERVICE_PATH.test(request.path);
    if (!isPage) {
      next();
      return;
    }
    files(request, response, (error?: unknown) => {
      const isFile = path.extname(request.path) !== '';
      if (error !== undefined || isFile || !existsSync(entry)) {
        next(error);
        return;
      }
      response.setHeader('cache-control', 'no-cache');
      response.sendFile(entry);
    });
  };
}

/** Output of commands is left as it is: it is followed while it grows, and has a length. */
function isCompressed(_request: Request, response: Response): boolean {
  return COMPRESSED_TYPE.test(String(response.getHeader('content-type') ?? ''));
}

function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('cache-control', 'no-store');
  next();
}

/** A form or plain text body can be sent across sites without asking; JSON cannot. */
function onlyJson(request: Request, _response: Response, next: NextFunction): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined ||
    (request.headers['content-length'] ?? '0') !== '0';
  if (hasBody && request.is('application/json') !== 'application/json') {
    next(new AppError(UNSUPPORTED_MEDIA_TYPE, 'Send the body as application/json.'));
    return;
  }
  next();
}
