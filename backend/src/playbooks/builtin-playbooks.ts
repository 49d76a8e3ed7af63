import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { parseContent } from './playbook-content.js';
import type { PlaybookHeader } from './playbook-content.js';

/** The product's playbooks, from the source as well as from the compiled tree. */
const DIRECTORY = path.resolve(import.meta.dirname, '../../../playbooks');

/** A playbook that comes with MyX: part of the deployment tool, so it is on every server that needs it. */
export interface BuiltinPlaybook {
  readonly name: string;
  /** File name in the deployment tool's `playbooks/`. */
  readonly file: string;
  readonly content: string;
  readonly sha256: string;
  readonly header: PlaybookHeader;
}

/** The playbooks that come with MyX and that people may run. They do not change while it runs. */
@Injectable()
export class BuiltinPlaybooks {
  private known: Promise<ReadonlyMap<string, BuiltinPlaybook>> | undefined;

  /** All of them, by name. */
  async list(): Promise<readonly BuiltinPlaybook[]> {
    return [...(await this.all()).values()];
  }

  /** The one with a name, in whatever case. */
  async find(name: string): Promise<BuiltinPlaybook | undefined> {
    return (await this.all()).get(name.toLowerCase());
  }

  private all(): Promise<ReadonlyMap<string, BuiltinPlaybook>> {
    this.known ??= readPlaybooks(DIRECTORY);
    return this.known;
  }
}

async function readPlaybooks(directory: string): Promise<ReadonlyMap<string, BuiltinPlaybook>> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.yml')).sort();
  const playbooks = await Promise.all(files.map((file) => readPlaybook(directory, file)));
  // Those of deployments have no title: by themselves they would lack what a deployment gives them.
  const offered = playbooks.filter(({ header }) => header.title !== undefined);
  return new Map(offered.map((playbook) => [playbook.name.toLowerCase(), playbook]));
}

async function readPlaybook(directory: string, file: string): Promise<BuiltinPlaybook> {
  const content = await readFile(path.join(directory, file), 'utf8');
  return {
    name: path.basename(file, '.yml'),
    file,
    content,
    sha256: createHash('sha256').update(content).digest('hex'),
    header: parseContent(content).header,
  };
}
