import { createHash } from 'node:crypto';
import { UPLOADED_PLAYBOOKS_PATH } from '@myx/protocol';
import { StepFailure } from '../operations/index.js';
import type { PlaybookVersion } from './playbook.js';
import { CONTENT_LIMIT_BYTES } from './playbook-content.js';
import type { PlaybookStep } from './playbook-parts.js';

/** Texts that stay on a server: what is soon run again is not sent again, and the rest is not left behind. */
export const KEPT_TEXTS = 5;

/** Removes all texts but one and the newest others: `directory`, `name of the one`, `how many others`. */
const FORGET_OLD_TEXTS = `
set -eu
find "$1" -mindepth 1 -maxdepth 1 ! -name "$2" -printf '%T@ %f\\n' | sort -rn | tail -n "+$(($3 + 1))" |
  while read -r time name; do rm -rf -- "$1/$name"; done
`;

/** Where a text of the user's own lies on a server: by what it says, so that it is sent once. */
export function uploadedPath({ sha256 }: Pick<PlaybookVersion, 'sha256'>): string {
  return `${UPLOADED_PLAYBOOKS_PATH}/${sha256}/playbook.yml`;
}

/**
 * Sends the text that `find` names to the server, and removes old ones there. Skipped when it is there
 * already, and for a playbook of the deployment tool, for which `find` answers null.
 */
export function uploadPlaybookStep(
  find: (operationId: string) => Promise<PlaybookVersion | null>,
): PlaybookStep {
  return {
    name: 'upload_playbook',
    title: 'Send the playbook',
    timeoutMs: 120_000,
    check: async (context, host) => {
      const version = await find(context.operationId);
      if (!version) {
        context.log('the playbook is part of the deployment tool');
        return true;
      }
      const there = await host.readFile(context, uploadedPath(version), CONTENT_LIMIT_BYTES);
      return there !== null && sha256Of(there) === version.sha256;
    },
    apply: async (context, host) => {
      const version = await find(context.operationId);
      if (!version) return;
      const content = Buffer.from(version.content);
      await host.putFile(context, uploadedPath(version), content, '0600');
      const kept = [UPLOADED_PLAYBOOKS_PATH, version.sha256, String(KEPT_TEXTS - 1)];
      await host.run(context, ['/bin/sh', '-c', FORGET_OLD_TEXTS, 'myx-texts', ...kept]);
      context.log(`sent version ${String(version.version)}, ${String(content.length)} bytes`);
    },
  };
}

/** What is to run was removed while it waited. */
export function playbookGone(): StepFailure {
  return new StepFailure(
    'manager',
    'playbook_removed',
    'The playbook or its run was removed meanwhile: there is nothing to do.',
  );
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
