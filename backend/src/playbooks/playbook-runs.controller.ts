import { Body, Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { IDEMPOTENCY_KEY_REUSED, NO_SERVER_SELECTED } from '../commands/index.js';
import { TOO_MANY_OPERATIONS } from '../operations/index.js';
import { CurrentActor, Endpoint } from '../platform/http/index.js';
import type { Actor } from '../platform/http/index.js';
import { SERVER_BEING_REMOVED, SERVER_NOT_FOUND } from '../servers/index.js';
import {
  CreatePlaybookRun,
  PlaybookRunCancelReport,
  PlaybookRunDetails,
  PlaybookRunPage,
  PlaybookRunPath,
  PlaybookRunQuery,
  PlaybookRunServerPath,
  PlaybookTaskQuery,
  PlaybookTasks,
} from './playbook-runs.schema.js';
import { PlaybookRunsService } from './playbook-runs.service.js';
import {
  INVALID_PLAYBOOK_VARIABLES,
  PLAYBOOK_NOT_FOUND,
  PLAYBOOK_NOT_USABLE,
  PLAYBOOK_RUN_NOT_FOUND,
  PLAYBOOK_RUN_SERVER_NOT_FOUND,
  PLAYBOOK_RUN_STATE_CONFLICT,
  PLAYBOOK_VARIABLES_TOO_LARGE,
  PLAYBOOK_VERSION_NOT_FOUND,
} from './playbooks.errors.js';
import { PlaybookWaitQuery } from './playbooks.schema.js';
import { waitingSignal } from './waiting.js';

/** Playbooks on servers. */
@ApiTags('playbooks')
@Controller('api/v1/playbook-runs')
export class PlaybookRunsController {
  constructor(private readonly runs: PlaybookRunsService) {}

  @Post()
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key with the same request is accepted once; 1-255 visible characters',
  })
  @Endpoint({
    permission: 'playbooks:run',
    summary: 'Run a playbook on one or many servers',
    status: 202,
    response: PlaybookRunDetails,
    errors: [
      PLAYBOOK_NOT_FOUND,
      PLAYBOOK_VERSION_NOT_FOUND,
      PLAYBOOK_NOT_USABLE,
      INVALID_PLAYBOOK_VARIABLES,
      PLAYBOOK_VARIABLES_TOO_LARGE,
      SERVER_NOT_FOUND,
      SERVER_BEING_REMOVED,
      NO_SERVER_SELECTED,
      TOO_MANY_OPERATIONS,
      IDEMPOTENCY_KEY_REUSED,
    ],
  })
  createPlaybookRun(
    @Body({ schema: CreatePlaybookRun }) body: CreatePlaybookRun,
    @CurrentActor() actor: Actor,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<PlaybookRunDetails> {
    return this.runs.create(body, actor, key);
  }

  @Get()
  @Endpoint({
    permission: 'playbooks:read',
    summary: 'Playbook runs, newest first',
    response: PlaybookRunPage,
  })
  listPlaybookRuns(
    @Query({ schema: PlaybookRunQuery }) query: PlaybookRunQuery,
  ): Promise<PlaybookRunPage> {
    return this.runs.list(query);
  }

  @Get(':id')
  @Endpoint({
    permission: 'playbooks:read',
    summary: 'One playbook run with every server; waits for its end when asked to',
    response: PlaybookRunDetails,
    errors: [PLAYBOOK_RUN_NOT_FOUND],
  })
  getPlaybookRun(
    @Param({ schema: PlaybookRunPath }) { id }: PlaybookRunPath,
    @Query({ schema: PlaybookWaitQuery }) { wait }: PlaybookWaitQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PlaybookRunDetails> {
    return this.runs.finished(id, waitingSignal(wait, response));
  }

  @Get(':id/servers/:server_id/tasks')
  @Endpoint({
    permission: 'playbooks:read',
    summary: 'Results of the tasks on one server, in order',
    response: PlaybookTasks,
    errors: [PLAYBOOK_RUN_NOT_FOUND, PLAYBOOK_RUN_SERVER_NOT_FOUND],
  })
  listPlaybookTasks(
    @Param({ schema: PlaybookRunServerPath }) { id, server_id: serverId }: PlaybookRunServerPath,
    @Query({ schema: PlaybookTaskQuery }) query: PlaybookTaskQuery,
  ): Promise<PlaybookTasks> {
    return this.runs.results({ runId: id, serverId }, query);
  }

  @Post(':id/cancel')
  @Endpoint({
    permission: 'playbooks:run',
    summary: 'Cancel a playbook run where it has not ended',
    status: 200,
    response: PlaybookRunCancelReport,
    errors: [PLAYBOOK_RUN_NOT_FOUND],
  })
  cancelPlaybookRun(
    @Param({ schema: PlaybookRunPath }) { id }: PlaybookRunPath,
    @CurrentActor() actor: Actor,
  ): Promise<PlaybookRunCancelReport> {
    return this.runs.cancel(id, actor);
  }

  @Post(':id/retry')
  @Endpoint({
    permission: 'playbooks:run',
    summary: 'Run the same again where it failed or was cancelled, as a new run',
    status: 202,
    response: PlaybookRunDetails,
    errors: [
      PLAYBOOK_RUN_NOT_FOUND,
      PLAYBOOK_RUN_STATE_CONFLICT,
      PLAYBOOK_NOT_FOUND,
      TOO_MANY_OPERATIONS,
    ],
  })
  retryPlaybookRun(
    @Param({ schema: PlaybookRunPath }) { id }: PlaybookRunPath,
    @CurrentActor() actor: Actor,
  ): Promise<PlaybookRunDetails> {
    return this.runs.retry(id, actor);
  }
}
