import { Body, Controller, Delete, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { TOO_MANY_OPERATIONS } from '../operations/index.js';
import { CurrentActor, Endpoint } from '../platform/http/index.js';
import type { Actor } from '../platform/http/index.js';
import { SERVER_BEING_REMOVED, SERVER_NOT_FOUND } from '../servers/index.js';
import { PlaybookChecksService } from './playbook-checks.service.js';
import { PlaybookComparisonsService } from './playbook-comparisons.service.js';
import { waitingSignal } from './waiting.js';
import {
  INVALID_PLAYBOOK,
  PLAYBOOK_CHANGED,
  PLAYBOOK_CHECKED_ALREADY,
  PLAYBOOK_IN_USE,
  PLAYBOOK_NAME_TAKEN,
  PLAYBOOK_NOT_FOUND,
  PLAYBOOK_READ_ONLY,
  PLAYBOOK_VERSION_NOT_FOUND,
} from './playbooks.errors.js';
import {
  CheckPlaybook,
  CreatePlaybook,
  PlaybookDetails,
  PlaybookDiffQuery,
  PlaybookList,
  PlaybookPath,
  PlaybookVersionDetails,
  PlaybookVersionDiff,
  PlaybookVersionPage,
  PlaybookVersionPath,
  PlaybookVersionQuery,
  PlaybookWaitQuery,
  UpdatePlaybook,
} from './playbooks.schema.js';
import { PlaybooksService } from './playbooks.service.js';

/** Playbooks and their versions. */
@ApiTags('playbooks')
@Controller('api/v1/playbooks')
export class PlaybooksController {
  constructor(
    private readonly playbooks: PlaybooksService,
    private readonly checks: PlaybookChecksService,
    private readonly comparisons: PlaybookComparisonsService,
  ) {}

  @Get()
  @Endpoint({
    permission: 'playbooks:read',
    summary: 'Playbooks: those that come with MyX, then your own',
    response: PlaybookList,
  })
  listPlaybooks(): Promise<PlaybookList> {
    return this.playbooks.list();
  }

  @Post()
  @Endpoint({
    permission: 'playbooks:write',
    summary: 'Store a playbook',
    status: 201,
    response: PlaybookDetails,
    errors: [INVALID_PLAYBOOK, PLAYBOOK_NAME_TAKEN],
  })
  createPlaybook(
    @Body({ schema: CreatePlaybook }) body: CreatePlaybook,
    @CurrentActor() actor: Actor,
  ): Promise<PlaybookDetails> {
    return this.playbooks.create(body, actor);
  }

  @Get(':id')
  @Endpoint({
    permission: 'playbooks:read',
    summary: 'A playbook with the text of its latest version',
    response: PlaybookDetails,
    errors: [PLAYBOOK_NOT_FOUND],
  })
  getPlaybook(@Param({ schema: PlaybookPath }) { id }: PlaybookPath): Promise<PlaybookDetails> {
    return this.playbooks.get(id);
  }

  @Put(':id')
  @Endpoint({
    permission: 'playbooks:write',
    summary: 'Change a playbook; another text or other variables become a new version',
    response: PlaybookDetails,
    errors: [
      PLAYBOOK_NOT_FOUND,
      PLAYBOOK_READ_ONLY,
      PLAYBOOK_CHANGED,
      INVALID_PLAYBOOK,
      PLAYBOOK_NAME_TAKEN,
    ],
  })
  updatePlaybook(
    @Param({ schema: PlaybookPath }) { id }: PlaybookPath,
    @Body({ schema: UpdatePlaybook }) body: UpdatePlaybook,
    @CurrentActor() actor: Actor,
  ): Promise<PlaybookDetails> {
    return this.playbooks.update(id, body, actor);
  }

  @Delete(':id')
  @Endpoint({
    permission: 'playbooks:write',
    summary: 'Remove a playbook; its runs stay',
    errors: [PLAYBOOK_NOT_FOUND, PLAYBOOK_READ_ONLY, PLAYBOOK_IN_USE],
  })
  removePlaybook(
    @Param({ schema: PlaybookPath }) { id }: PlaybookPath,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    return this.playbooks.remove(id, actor);
  }

  @Get(':id/versions')
  @Endpoint({
    permission: 'playbooks:read',
    summary: 'Versions of a playbook, newest first',
    response: PlaybookVersionPage,
    errors: [PLAYBOOK_NOT_FOUND],
  })
  listPlaybookVersions(
    @Param({ schema: PlaybookPath }) { id }: PlaybookPath,
    @Query({ schema: PlaybookVersionQuery }) query: PlaybookVersionQuery,
  ): Promise<PlaybookVersionPage> {
    return this.playbooks.versions(id, query);
  }

  @Get(':id/versions/:version')
  @Endpoint({
    permission: 'playbooks:read',
    summary: 'One version with its text; waits for the end of its check when asked to',
    response: PlaybookVersionDetails,
    errors: [PLAYBOOK_NOT_FOUND, PLAYBOOK_VERSION_NOT_FOUND],
  })
  getPlaybookVersion(
    @Param({ schema: PlaybookVersionPath }) { id, version }: PlaybookVersionPath,
    @Query({ schema: PlaybookWaitQuery }) { wait }: PlaybookWaitQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PlaybookVersionDetails> {
    return this.playbooks.checkedVersion(id, version, waitingSignal(wait, response));
  }

  @Get(':id/versions/:version/diff')
  @Endpoint({
    permission: 'playbooks:read',
    summary: 'What a version changes against the one before it, or against another one',
    response: PlaybookVersionDiff,
    errors: [PLAYBOOK_NOT_FOUND, PLAYBOOK_VERSION_NOT_FOUND],
  })
  diffPlaybookVersion(
    @Param({ schema: PlaybookVersionPath }) { id, version }: PlaybookVersionPath,
    @Query({ schema: PlaybookDiffQuery }) { against }: PlaybookDiffQuery,
  ): Promise<PlaybookVersionDiff> {
    return this.comparisons.compare(id, version, against);
  }

  @Post(':id/versions/:version/check')
  @Endpoint({
    permission: 'playbooks:write',
    summary: 'Have a version read by the Ansible of a server: only then it may run',
    status: 202,
    response: PlaybookVersionDetails,
    errors: [
      PLAYBOOK_NOT_FOUND,
      PLAYBOOK_READ_ONLY,
      PLAYBOOK_VERSION_NOT_FOUND,
      PLAYBOOK_CHECKED_ALREADY,
      SERVER_NOT_FOUND,
      SERVER_BEING_REMOVED,
      TOO_MANY_OPERATIONS,
    ],
  })
  checkPlaybookVersion(
    @Param({ schema: PlaybookVersionPath }) { id, version }: PlaybookVersionPath,
    @Body({ schema: CheckPlaybook }) body: CheckPlaybook,
    @CurrentActor() actor: Actor,
  ): Promise<PlaybookVersionDetails> {
    return this.checks.begin(id, version, body.server_id, actor);
  }
}
