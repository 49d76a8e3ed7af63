import { Inject, Injectable } from '@nestjs/common';
import { AgentsService } from '../agents/index.js';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { CertificateAuthority } from '../platform/crypto/index.js';
import { ServersService } from '../servers/index.js';
import { AgentArtefacts } from './agent-artefacts.js';
import { ServerAccess } from './server-access.js';

/** What the steps of installations and removals are made of. */
@Injectable()
export class InstallParts {
  constructor(
    readonly servers: ServersService,
    readonly agents: AgentsService,
    readonly artefacts: AgentArtefacts,
    readonly access: ServerAccess,
    readonly authority: CertificateAuthority,
    @Inject(MANAGER_CONFIG) readonly config: ManagerConfig,
  ) {}
}
