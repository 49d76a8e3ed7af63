import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { erased, OperationsService } from '../operations/index.js';
import type { AnyOperationDefinition, Ending, OperationDefinition } from '../operations/index.js';
import { AppError } from '../platform/errors/index.js';
import {
  CONNECTION_MISMATCH,
  RemovalObjections,
  SERVER_STATUSES,
  ServerLogins,
} from '../servers/index.js';
import type { Server, ServerStatus } from '../servers/index.js';
import { InstallMemory } from './install-memory.js';
import type { InstallStep } from './install-memory.js';
import { InstallParts } from './install-parts.js';
import { InstallSession } from './install-session.js';
import { causeOf } from './status-cause.js';
import { certificateStep, configureStep, uploadStep } from './steps-files.js';
import { connectStep, identityStep, newIdentityStep, preflightStep } from './steps-prepare.js';
import {
  connectForRemovalStep,
  removeFilesStep,
  removeProgramStep,
  removeServiceStep,
  stopCommandsStep,
  verifyRemovalStep,
} from './steps-removal.js';
import { recordStep, serviceStep, waitForRpcStep } from './steps-service.js';

/** Types of operations on agents. */
export const INSTALL_AGENT = 'install_agent';
export const REPAIR_AGENT = 'repair_agent';
export const REINSTALL_AGENT = 'reinstall_agent';
export const UNINSTALL_AGENT = 'uninstall_agent';
export const REMOVE_SERVER = 'remove_server';

/** Each of them leaves an agent that works, or none: whatever an earlier one of them left is put in order. */
const AGENT_OPERATIONS = [
  INSTALL_AGENT,
  REPAIR_AGENT,
  REINSTALL_AGENT,
  UNINSTALL_AGENT,
  REMOVE_SERVER,
] as const;

/** A removal that waits behind another operation goes on being told, however that one ends. */
const STAYING: readonly ServerStatus[] = SERVER_STATUSES.filter((status) => status !== 'removing');

const NoParams = z.strictObject({});
const RemovalParams = z.strictObject({ force: z.boolean().default(false) });

/** What differs between the types; the rest is the same for all. */
type Variant = Pick<
  OperationDefinition<InstallMemory, InstallSession>,
  'type' | 'params' | 'isRequestable' | 'requested' | 'ended'
> & { readonly steps: readonly InstallStep[] };

/** Declares the operations that put agents on servers and take them away, and what each does to a server's status. */
@Injectable()
export class InstallationOperations implements OnModuleInit {
  constructor(
    private readonly operations: OperationsService,
    private readonly parts: InstallParts,
    private readonly logins: ServerLogins,
    private readonly objections: RemovalObjections,
  ) {}

  onModuleInit(): void {
    for (const definition of this.definitions()) this.operations.register(definition);
  }

  /** All of them. */
  definitions(): readonly AnyOperationDefinition[] {
    return [
      this.define(this.install()),
      this.define(this.repair()),
      this.define(this.reinstall()),
      this.define(this.uninstall()),
      this.define(this.removal()),
    ];
  }

  private define(variant: Variant): AnyOperationDefinition {
    const { servers, access } = this.parts;
    return erased<InstallMemory, InstallSession>({
      ...variant,
      memory: InstallMemory,
      putsInOrder: { types: AGENT_OPERATIONS },
      admit: refuseWithoutLogin,
      openSession: ({ serverId, params }) =>
        new InstallSession((signal) => access.open(serverId, signal), params),
      announced: (serverId) => servers.announce(serverId),
    });
  }

  private install(): Variant {
    return {
      type: INSTALL_AGENT,
      params: NoParams,
      isRequestable: true,
      steps: [
        connectStep(),
        preflightStep(this.parts, { refuseForeign: true }),
        identityStep(this.parts),
        ...this.agentSteps(),
      ],
      requested: this.becoming('installing'),
      ended: (manager, ending) => this.installed(manager, ending, 'new'),
    };
  }

  private repair(): Variant {
    const withoutUndo = ({
      undo: _undo,
      leftovers: _leftovers,
      ...step
    }: InstallStep): InstallStep => step;
    return {
      type: REPAIR_AGENT,
      params: NoParams,
      isRequestable: true,
      steps: [
        connectStep(),
        preflightStep(this.parts, { refuseForeign: false }),
        identityStep(this.parts),
        ...this.agentSteps(),
      ].map(withoutUndo),
      ended: (manager, ending) => this.repaired(manager, ending),
    };
  }

  private reinstall(): Variant {
    const withoutUndo = ({
      undo: _undo,
      leftovers: _leftovers,
      ...step
    }: InstallStep): InstallStep => step;
    return {
      type: REINSTALL_AGENT,
      params: NoParams,
      isRequestable: true,
      steps: [
        connectStep(),
        preflightStep(this.parts, { refuseForeign: false }),
        removeProgramStep(),
        newIdentityStep(this.parts),
        ...[identityStep(this.parts), ...this.agentSteps()].map(withoutUndo),
      ],
      requested: this.becoming('installing'),
      ended: (manager, ending) => this.installed(manager, ending, 'install_failed'),
    };
  }

  private uninstall(): Variant {
    return {
      type: UNINSTALL_AGENT,
      params: RemovalParams,
      isRequestable: true,
      steps: this.removalSteps(),
      requested: (manager, serverId, params) => this.refuseNeeded(manager, serverId, params),
      ended: async (manager, ending) => {
        if (ending.outcome !== 'succeeded') return this.hostKeyChanged(manager, ending);
        await this.parts.agents.remove(manager, ending.serverId);
        await this.parts.servers.update(manager, ending.serverId, {
          machineId: null,
          agentVersion: null,
          vitals: null,
          lastHeartbeatAt: null,
        });
        await this.setStatus(manager, ending.serverId, 'new', ending);
      },
    };
  }

  private removal(): Variant {
    return {
      type: REMOVE_SERVER,
      params: RemovalParams,
      isRequestable: false,
      steps: this.removalSteps(),
      requested: async (manager, serverId, params) => {
        await this.refuseNeeded(manager, serverId, params);
        await this.parts.servers.changeStatus(manager, serverId, {
          status: 'removing',
          cause: null,
        });
      },
      ended: async (manager, ending) => {
        if (ending.outcome !== 'succeeded') return this.notRemoved(manager, ending);
        await this.forget(manager, ending.serverId);
      },
    };
  }

  /** Removes a server's record with its identity and logins. */
  async forget(manager: EntityManager, serverId: string): Promise<void> {
    const server = await this.parts.servers.get(serverId, manager);
    await this.parts.agents.remove(manager, serverId);
    await this.parts.servers.remove(manager, serverId);
    await this.logins.forget(manager, server);
  }

  private agentSteps(): readonly InstallStep[] {
    return [
      uploadStep(this.parts),
      configureStep(this.parts),
      certificateStep(this.parts),
      serviceStep(this.parts),
      waitForRpcStep(this.parts),
      recordStep(this.parts),
    ];
  }

  private removalSteps(): readonly InstallStep[] {
    return [
      connectForRemovalStep(),
      stopCommandsStep(),
      removeServiceStep(),
      removeFilesStep(),
      verifyRemovalStep(),
    ];
  }

  /** Refuses to take an agent away that something else still needs, unless whoever asks insists. */
  private async refuseNeeded(
    manager: EntityManager,
    serverId: string,
    params: Record<string, unknown>,
  ): Promise<void> {
    if (params.force !== true) await this.objections.ask(manager, serverId);
  }

  private becoming(status: ServerStatus): NonNullable<Variant['requested']> {
    return async (manager, serverId) => {
      const change = { status, cause: null, from: STAYING };
      await this.parts.servers.changeStatus(manager, serverId, change);
    };
  }

  private installed(
    manager: EntityManager,
    ending: Ending,
    cancelled: ServerStatus,
  ): Promise<void> {
    if (ending.outcome === 'succeeded') return this.setOnline(manager, ending.serverId);
    const status = ending.outcome === 'cancelled' ? cancelled : 'install_failed';
    return this.setStatus(manager, ending.serverId, status, ending);
  }

  /** A repair that fails leaves the status to the heartbeats, unless the host key is to blame. */
  private async repaired(manager: EntityManager, ending: Ending): Promise<void> {
    if (ending.outcome === 'succeeded') await this.setOnline(manager, ending.serverId);
    else await this.hostKeyChanged(manager, ending);
  }

  private async hostKeyChanged(manager: EntityManager, ending: Ending): Promise<void> {
    if (ending.operation.error?.code !== 'host_key_changed') return;
    await this.setStatus(manager, ending.serverId, 'host_key_changed', ending);
  }

  private async notRemoved(manager: EntityManager, ending: Ending): Promise<void> {
    await this.setStatus(manager, ending.serverId, 'offline', ending, ['removing']);
    await this.hostKeyChanged(manager, ending);
  }

  private async setOnline(manager: EntityManager, serverId: string): Promise<void> {
    const change = { status: 'online', cause: null, from: STAYING } as const;
    await this.parts.servers.changeStatus(manager, serverId, change);
  }

  private async setStatus(
    manager: EntityManager,
    serverId: string,
    status: ServerStatus,
    { operation: { error } }: Ending,
    from = STAYING,
  ): Promise<void> {
    const isHostKey = error?.code === 'host_key_changed';
    await this.parts.servers.changeStatus(manager, serverId, {
      from,
      status: isHostKey ? 'host_key_changed' : status,
      cause: causeOf(error),
    });
  }
}

function refuseWithoutLogin(server: Server): void {
  if (server.connection !== 'registered') return;
  throw new AppError(
    CONNECTION_MISMATCH,
    `“${server.name}” was registered without an SSH login. Add one to it first.`,
  );
}
