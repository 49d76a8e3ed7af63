import { createHash } from 'node:crypto';
import { UPLOADED_PLAYBOOKS_PATH } from '@myx/protocol';
import { StepFailure } from '../operations/index.js';
import type { PlaybookVersion } from './playbook.js';
import { CONTENT_LIMIT_BYTES } from './playbook-content.js';
import type { PlaybookStep } from './playbook-parts.js';

/** Where a text of the user's own lies on a server: by what it says, so that it is sent once. */
export function uploadedPath({ sha256 }: Pick<PlaybookVersion, 'sha256'>): string {
  return `${UPLOADED_PLAYBOOKS_PATH}/${sha256}/playbook.yml`;
}

/**
 * Sends the text that `find` names to the server. Skipped when it is there already, and for a playbook of
 * the deployment tool, for which `find` answers null.
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
