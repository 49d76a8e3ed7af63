import { Injectable } from '@nestjs/common';
import type { Playbook } from './playbook.js';
import { PlaybooksRepository } from './playbooks.repository.js';
import type { PlaybookVersionDiff } from './playbooks.schema.js';
import { PlaybooksService } from './playbooks.service.js';
import { differencesOf } from './version-differences.js';
import type { ComparedVersion } from './version-differences.js';

/** Tells what changed between versions of a playbook. */
@Injectable()
export class PlaybookComparisonsService {
  constructor(
    private readonly playbooks: PlaybooksService,
    private readonly repository: PlaybooksRepository,
  ) {}

  /**
   * How a version differs from another one; left out, from the one before it. The first version has none
   * before it, and so no difference.
   *
   * @throws AppError playbook_not_found, playbook_version_not_found
   */
  async compare(
    reference: string,
    version: number,
    against: number | undefined,
  ): Promise<PlaybookVersionDiff> {
    const other = against ?? (version > 1 ? version - 1 : null);
    const found = await this.playbooks.find(reference);
    if (found.source === 'own') return this.compareOwn(found.playbook, version, other);
    // What comes with MyX has one version, and nothing to compare it with.
    for (const number of [version, other ?? version]) {
      await this.playbooks.version(reference, number);
    }
    return { version, against: other, content_diff: null, variables_diff: null };
  }

  private async compareOwn(
    playbook: Playbook,
    version: number,
    against: number | null,
  ): Promise<PlaybookVersionDiff> {
    const after = await this.opened(playbook, version);
    const before = against === null ? after : await this.opened(playbook, against);
    return { version, against, ...differencesOf(before, after) };
  }

  private async opened(playbook: Playbook, number: number): Promise<ComparedVersion> {
    const { content, variables } = await this.playbooks.ownVersion(playbook, number);
    const secretDefaults = await this.repository.secretDefaults({
      playbookId: playbook.id,
      version: number,
    });
    return { content, variables, secretDefaults };
  }
}
