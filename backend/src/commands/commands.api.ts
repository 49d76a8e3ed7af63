import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { AppError } from '../platform/errors/index.js';
import type { Actor } from '../platform/http/index.js';
import { INVALID_REQUEST } from '../platform/http/index.js';
import { IdempotencyKey } from './commands.schema.js';
import type { CommandDescription, CreateCommand, CreateRun } from './commands.schema.js';
import { CommandsService } from './commands.service.js';
import type { RunDescription } from './runs.schema.js';
import { RunsService } from './runs.service.js';

/** How long a caller wants to wait, and the answer that tells when it stops waiting. */
export interface Waiting {
  /** Seconds. */
  readonly wait: number;
  readonly response: Response;
}

/** What HTTP adds to commands: the idempotency header, and waiting for the end. */
@Injectable()
export class CommandsApi {
  constructor(
    private readonly commands: CommandsService,
    private readonly runs: RunsService,
  ) {}

  /** Accepts a command and waits for its end when asked to. */
  async create(
    serverId: string,
    body: CreateCommand,
    actor: Actor,
    { key, ...waiting }: Waiting & { readonly key: string | undefined },
  ): Promise<CommandDescription> {
    const command = await this.commands.create(serverId, body, actor, parseKey(key));
    if (waiting.wait === 0 || command.status === 'finished') return command;
    return this.commands.waitFor(command.id, waiting.wait, closedSignal(waiting.response));
  }

  /** One command; waits for its end when asked to. */
  async get(id: string, waiting: Waiting): Promise<CommandDescription> {
    if (waiting.wait > 0) {
      await this.commands.waitFor(id, waiting.wait, closedSignal(waiting.response));
    }
    return this.commands.get(id);
  }

  /** Accepts a run. */
  createRun(body: CreateRun, actor: Actor, key: string | undefined): Promise<RunDescription> {
    return this.runs.create(body, actor, parseKey(key));
  }
}

function parseKey(key: string | undefined): string | null {
  if (key === undefined) return null;
  const parsed = IdempotencyKey.safeParse(key);
  if (parsed.success) return parsed.data;
  throw new AppError(INVALID_REQUEST, 'Idempotency-Key: must be 1-255 visible ASCII characters');
}

function closedSignal(response: Response): AbortSignal {
  const closed = new AbortController();
  response.once('close', () => {
    closed.abort();
  });
  return closed.signal;
}
