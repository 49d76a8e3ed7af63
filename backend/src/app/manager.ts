import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { NestLogger } from '../platform/logging/index.js';
import { AppModule } from './app.module.js';
import { configureHttpStack } from './http-stack.js';
import { describeApi } from './openapi.js';
import type { Resources } from './resources.js';

const FRONTEND = path.join(import.meta.dirname, '../../../frontend/dist/browser');

/**
 * Builds the application over opened resources: every feature, the HTTP stack, the API document and the
 * web UI. It does not listen yet.
 */
export async function createManager(resources: Resources): Promise<NestExpressApplication> {
  const { config, logger } = resources;
  const app = await NestFactory.create<NestExpressApplication>(AppModule.over(resources), {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: true,
    ...(config.listen.tls ? { httpsOptions: await readTls(config.listen.tls) } : {}),
  });
  configureHttpStack(app, config, logger, FRONTEND);
  const document = describeApi(app);
  app.getHttpAdapter().get('/api/v1/openapi.json', (_request: unknown, response: unknown) => {
    (response as { json: (body: unknown) => void }).json(document);
  });
  return app;
}

async function readTls(tls: {
  cert_file: string;
  key_file: string;
}): Promise<{ cert: Buffer; key: Buffer; minVersion: 'TLSv1.2' }> {
  const [cert, key] = await Promise.all([readFile(tls.cert_file), readFile(tls.key_file)]);
  return { cert, key, minVersion: 'TLSv1.2' };
}
