import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AGENT_NOT_INSTALLED } from '../agents/index.js';
import { CurrentActor, Endpoint } from '../platform/http/index.js';
import type { Actor } from '../platform/http/index.js';
import {
  CONNECTION_MISMATCH,
  DUPLICATE_MACHINE,
  SERVER_BEING_REMOVED,
  SERVER_NAME_TAKEN,
  SERVER_NOT_FOUND,
  ServerDetails,
  ServerPath,
} from '../servers/index.js';
import {
  AGENT_UNREACHABLE,
  CERTIFICATE_MISMATCH,
  HOST_KEY_MISMATCH,
  SERVER_BUSY,
  SSH_UNREACHABLE,
} from './installation.errors.js';
import {
  AcceptCertificate,
  AcceptHostKey,
  CaCertificate,
  CreatedServer,
  CreateLocalServer,
  CreateServer,
  ProbeSsh,
  RegisterServer,
  RemoveServerQuery,
  ServerRemoval,
  SshProbeResult,
} from './installation.schema.js';
import { ServerEnrolment } from './server-enrolment.js';
import { ServerRemover } from './server-removal.js';
import { ServerTrust } from './server-trust.js';

/** Adding servers, removing them, and accepting what they prove to be. */
@ApiTags('servers')
@Controller('api/v1')
export class InstallationController {
  constructor(
    private readonly enrolment: ServerEnrolment,
    private readonly remover: ServerRemover,
    private readonly trust: ServerTrust,
  ) {}

  @Post('ssh-probes')
  @Endpoint({
    permission: 'servers:write',
    summary: 'Look at an SSH server and its host key without logging in',
    response: SshProbeResult,
    errors: [HOST_KEY_MISMATCH],
  })
  probeSshServer(@Body({ schema: ProbeSsh }) probe: ProbeSsh): Promise<SshProbeResult> {
    return this.trust.probe(probe);
  }

  @Post('servers')
  @Endpoint({
    permission: 'servers:write',
    summary: 'Add a server over SSH and install its agent',
    response: CreatedServer,
    status: 201,
    errors: [SERVER_NAME_TAKEN],
  })
  createServer(
    @Body({ schema: CreateServer }) input: CreateServer,
    @CurrentActor() actor: Actor,
  ): Promise<CreatedServer> {
    return this.enrolment.create(input, actor);
  }

  @Post('servers/local')
  @Endpoint({
    permission: 'servers:trust',
    summary: 'Manage the manager’s own machine, without SSH',
    response: CreatedServer,
    status: 201,
    errors: [SERVER_NAME_TAKEN],
  })
  createLocalServer(
    @Body({ schema: CreateLocalServer }) input: CreateLocalServer,
    @CurrentActor() actor: Actor,
  ): Promise<CreatedServer> {
    return this.enrolment.createLocal(input, actor);
  }

  @Post('servers/register')
  @Endpoint({
    permission: 'servers:write',
    summary: 'Register a server whose agent was installed by other means',
    response: CreatedServer,
    status: 201,
    errors: [AGENT_UNREACHABLE, DUPLICATE_MACHINE, SERVER_NAME_TAKEN],
  })
  registerServer(
    @Body({ schema: RegisterServer }) input: RegisterServer,
    @CurrentActor() actor: Actor,
  ): Promise<CreatedServer> {
    return this.enrolment.register(input, actor);
  }

  @Delete('servers/:id')
  @Endpoint({
    permission: 'servers:write',
    summary: 'Remove a server, with its agent or without',
    response: ServerRemoval,
    status: 202,
    errors: [SERVER_NOT_FOUND, SERVER_BUSY, SERVER_BEING_REMOVED, CONNECTION_MISMATCH],
  })
  removeServer(
    @Param({ schema: ServerPath }) { id }: ServerPath,
    @Query({ schema: RemoveServerQuery }) query: RemoveServerQuery,
    @CurrentActor() actor: Actor,
  ): Promise<ServerRemoval> {
    return this.remover.remove(id, query, actor);
  }

  @Post('servers/:id/host-key/accept')
  @Endpoint({
    permission: 'servers:trust',
    summary: 'Accept the host key that the server presents now',
    response: ServerDetails,
    errors: [SERVER_NOT_FOUND, CONNECTION_MISMATCH, SSH_UNREACHABLE, HOST_KEY_MISMATCH],
  })
  acceptHostKey(
    @Param({ schema: ServerPath }) { id }: ServerPath,
    @Body({ schema: AcceptHostKey }) accepted: AcceptHostKey,
    @CurrentActor() actor: Actor,
  ): Promise<ServerDetails> {
    return this.trust.acceptHostKey(id, accepted, actor);
  }

  @Post('servers/:id/certificate/accept')
  @Endpoint({
    permission: 'servers:trust',
    summary: 'Accept the certificate that the agent presents now',
    response: ServerDetails,
    errors: [SERVER_NOT_FOUND, AGENT_NOT_INSTALLED, AGENT_UNREACHABLE, CERTIFICATE_MISMATCH],
  })
  acceptCertificate(
    @Param({ schema: ServerPath }) { id }: ServerPath,
    @Body({ schema: AcceptCertificate }) { fingerprint }: AcceptCertificate,
    @CurrentActor() actor: Actor,
  ): Promise<ServerDetails> {
    return this.trust.acceptCertificate(id, fingerprint, actor);
  }

  @Get('ca')
  @Endpoint({
    permission: 'servers:read',
    summary: 'Show the authority that agents of this installation trust',
    response: CaCertificate,
  })
  getCaCertificate(): CaCertificate {
    return this.trust.ca();
  }
}
