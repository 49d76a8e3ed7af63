import { SetupService } from './auth/index.js';
import { createManager } from './app/manager.js';
import { openResources } from './app/resources.js';
import type { Resources } from './app/resources.js';
import { VERSION } from './app/version.js';
import { ConfigError, loadConfig } from './platform/config/index.js';
import type { ManagerConfig } from './platform/config/index.js';
import { currentCorrelationId } from './platform/http/index.js';
import { createLogger } from './platform/logging/index.js';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from 'pino';

/** sysexits.h: the configuration is wrong. */
const EX_CONFIG = 78;

/**
 * Runs the manager until SIGTERM or SIGINT, which may also come while it starts. Prints where it listens
 * and, while there is no administrator, the one-time setup code.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const config = readConfig(argv);
  if (!config) return;
  const logger = createLogger({ ...config.log, context: requestLogContext });
  const stopping = stopSignal(logger);
  let isServing = false;
  try {
    const resources = await openResources(config, logger, stopping);
    const app = await listen(resources, stopping);
    isServing = true;
    stopWhenAsked(app, resources, stopping);
    await announce(app, config);
  } catch (error) {
    if (stopping.aborted) {
      // What was opened is closed by now; once it serves, that is on its way.
      if (!isServing) process.exit(0);
      return;
    }
    logger.fatal({ err: error }, 'the manager could not start');
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

function requestLogContext(): { correlation_id?: string } {
  const id = currentCorrelationId();
  return id === undefined ? {} : { correlation_id: id };
}

function readConfig(argv: readonly string[]): ManagerConfig | undefined {
  try {
    return loadConfig({ argv, env: process.env, cwd: process.cwd() });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = EX_CONFIG;
    return undefined;
  }
}

async function listen(
  resources: Resources,
  stopping: AbortSignal,
): Promise<NestExpressApplication> {
  const { host, port } = resources.config.listen;
  try {
    stopping.throwIfAborted();
    const app = await createManager(resources);
    await app.listen(port, host);
    return app;
  } catch (error) {
    await resources.close();
    throw error;
  }
}

async function announce(app: NestExpressApplication, config: ManagerConfig): Promise<void> {
  const address = config.public_url ?? (await app.getUrl());
  const code = await app.get(SetupService).currentCode();
  const lines = [`MyX ${VERSION} is ready at ${address}`];
  if (code) {
    lines.push(
      'There is no administrator yet. Enter this one-time code there, or POST it to /api/v1/setup.',
      `Setup code: ${code.reveal()}`,
    );
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Aborts at the first SIGTERM or SIGINT. */
function stopSignal(logger: Logger): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) return;
      logger.info({ signal }, 'stopping');
      stopping.abort(new Error(`the manager was told to stop (${signal})`));
    });
  }
  return stopping.signal;
}

function stopWhenAsked(
  app: NestExpressApplication,
  resources: Resources,
  stopping: AbortSignal,
): void {
  const stop = async (): Promise<void> => {
    try {
      await app.close();
    } catch (error) {
      // Whatever it is, the resources still have to be closed: nothing may be left running.
      resources.logger.error({ err: error }, 'closing the application failed');
    }
    await resources.close();
    resources.logger.info('stopped');
    process.exit(0);
  };
  if (stopping.aborted) void stop();
  else stopping.addEventListener('abort', () => void stop(), { once: true });
}
