import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { VERSION } from './version.js';

/**
 * The API document (OpenAPI 3), made from the same schemas that parse requests and answers. Operation
 * ids are the controllers' method names, which are unique over all features.
 */
export function describeApi(app: INestApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setTitle('MyX')
    .setDescription('Manages fleets of Linux servers over SSH and a passive agent.')
    .setVersion(VERSION)
    .addBearerAuth({ type: 'http', description: 'API token' }, 'bearer')
    .addCookieAuth('myx', { type: 'apiKey', in: 'cookie' }, 'cookie')
    .build();
  return SwaggerModule.createDocument(app, base, {
    operationIdFactory: (_controller, method) => method,
  });
}
