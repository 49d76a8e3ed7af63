import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Refuses that a server's agent is taken away. @throws AppError saying why, and what to do. */
export type RemovalObjection = (manager: EntityManager, serverId: string) => Promise<void>;

/** Who has something against taking the agent from a server, because it is needed for something else first. */
@Injectable()
export class RemovalObjections {
  private readonly objections: RemovalObjection[] = [];

  /** Asks `objection` before every removal from now on. */
  add(objection: RemovalObjection): void {
    this.objections.push(objection);
  }

  /** @throws AppError of the first one that objects. */
  async ask(manager: EntityManager, serverId: string): Promise<void> {
    for (const objection of this.objections) await objection(manager, serverId);
  }
}
