import { randomUUID } from 'node:crypto';
import type { PlaybookOutcome } from '../deployment-tool/index.js';
import { StepFailure } from '../operations/index.js';
import type { PlaybookVersion } from './playbook.js';
import type { PlaybookParts, PlaybookStep } from './playbook-parts.js';
import { playbookGone, uploadedPath, uploadPlaybookStep } from './steps-upload.js';

/** Reading a playbook takes Ansible a moment, on a small host seconds. */
const CHECK_TIMEOUT_SECONDS = 120;

/** Longest explanation that is kept, characters. */
const MESSAGE_LENGTH = 8000;

/** Sends the version that the operation checks. */
export function uploadCheckedStep(parts: PlaybookParts): PlaybookStep {
  return uploadPlaybookStep((operationId) => checkedVersion(parts, operationId));
}

/** Has Ansible read the version; what it thinks of it becomes the version's state. */
export function syntaxCheckStep(parts: PlaybookParts): PlaybookStep {
  return {
    name: 'check_syntax',
    title: 'Have Ansible read the playbook',
    timeoutMs: (CHECK_TIMEOUT_SECONDS + 300) * 1000,
    apply: async (context, host) => {
      const { operationId, memory } = context;
      const version = await checkedVersion(parts, operationId);
      const checked = { ...version, operationId };
      const lines: string[] = [];
      memory.command_id ??= randomUUID();
      await context.save();
      await context.transaction((manager) => parts.playbooks.resumeCheck(manager, checked));
      const told: typeof context.log = (line, level) => {
        lines.push(line);
        context.log(line, level);
      };
      const outcome = await host.playbook(
        { signal: context.signal, log: told },
        {
          commandId: memory.command_id,
          playbook: uploadedPath(version),
          extraVars: {},
          secretVars: [],
          syntaxCheck: true,
          timeoutSeconds: CHECK_TIMEOUT_SECONDS,
        },
      );
      delete memory.command_id;
      const failure = failureOf(outcome, lines, uploadedPath(version));
      await context.transaction((manager) =>
        parts.playbooks.endCheck(
          manager,
          checked,
          failure ? failure.state : 'usable',
          failure?.message ?? null,
        ),
      );
      if (failure) throw new StepFailure('playbook', failure.code, failure.message);
      context.log(`version ${String(version.version)} is usable`);
    },
  };
}

interface CheckFailure {
  readonly state: 'draft' | 'invalid';
  readonly code: string;
  readonly message: string;
}

/** Only what Ansible says about the text makes a version invalid; the rest says nothing about it. */
function failureOf(
  { outcome, reason }: PlaybookOutcome,
  lines: readonly string[],
  path: string,
): CheckFailure | null {
  if (outcome === 'succeeded') return null;
  if (outcome === 'failed') {
    const said = lines.join('\n').replaceAll(path, 'playbook.yml').slice(0, MESSAGE_LENGTH).trim();
    const message = said === '' ? (reason ?? 'Ansible did not say why.') : said;
    return { state: 'invalid', code: 'playbook_invalid', message };
  }
  const message = reason ?? 'Ansible could not read the playbook to its end.';
  return { state: 'draft', code: `playbook_${outcome}`, message };
}

async function checkedVersion(parts: PlaybookParts, operationId: string): Promise<PlaybookVersion> {
  const version = await parts.playbooks.findByCheck(operationId);
  if (!version) throw playbookGone();
  return version;
}
