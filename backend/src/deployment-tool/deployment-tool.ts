import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppError } from '../platform/errors/index.js';
import { DEPLOYMENT_TOOL_BROKEN } from './deployment-tool.errors.js';
import { readTree } from './tool-tree.js';
import type { ToolTree, TreeSource } from './tool-tree.js';

/** The root of the product's files, from the source as well as from the compiled tree. */
const ROOT = path.resolve(import.meta.dirname, '../../..');

/** The deployment tool that this manager syncs to servers: read once, then kept. */
@Injectable()
export class DeploymentTool {
  private reading: Promise<ToolTree> | undefined;

  /** Where it is read from. */
  protected readonly sources: readonly TreeSource[] = [
    { directory: path.join(ROOT, 'deployment-tool'), target: '' },
    { directory: path.join(ROOT, 'playbooks'), target: 'playbooks' },
  ];

  /** @throws AppError deployment_tool_broken */
  async tree(): Promise<ToolTree> {
    this.reading ??= readTree(this.sources);
    try {
      return await this.reading;
    } catch (error) {
      this.reading = undefined;
      const reason = error instanceof Error ? error.message : String(error);
      throw new AppError(
        DEPLOYMENT_TOOL_BROKEN,
        `The manager’s deployment tool cannot be read: ${reason}`,
        {},
        { cause: error },
      );
    }
  }
}
