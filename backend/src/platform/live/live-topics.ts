import { Injectable } from '@nestjs/common';

/** Which topics exist, and who may follow them. What is not registered cannot be followed. */
@Injectable()
export class LiveTopics {
  private readonly permissions = new Map<string, string>();

  /**
   * Registers the topic `name` and its members `name:<id>`.
   *
   * @throws Error when it is registered already.
   */
  register(name: string, permission: string): void {
    if (this.permissions.has(name)) throw new Error(`live topic ${name} is registered twice`);
    this.permissions.set(name, permission);
  }

  /** The permission needed to follow `topic`, or undefined when there is no such topic. */
  permissionFor(topic: string): string | undefined {
    const match = /^([a-z_]+)(?::[0-9a-f-]{1,64})?$/.exec(topic);
    return match?.[1] === undefined ? undefined : this.permissions.get(match[1]);
  }
}
