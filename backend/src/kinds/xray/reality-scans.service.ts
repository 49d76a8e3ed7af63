import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/index.js';
import { AgentHosts } from '../../deployment-tool/index.js';
import { StepFailure } from '../../operations/index.js';
import { TransactionRunner } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import type { Actor } from '../../platform/http/index.js';
import { ServersService } from '../../servers/index.js';
import { rankSites, SCAN_CANDIDATES, ScanOutput, scanTarget } from './reality-scan.js';
import type { ScannedSite, SeenSite } from './reality-scan.js';
import { REALITY_SCAN_FAILED } from './xray-host.errors.js';

/** The scanner, from the source as well as from the compiled tree. */
const SCANNER = path.resolve(
  import.meta.dirname,
  '../../../..',
  'deployment-tool/scripts/reality_scan',
);

/** Longest wait for one site, seconds. All are asked at the same time, sixteen at once. */
const SITE_SECONDS = 5;

/** Longest wait for the scan. */
const SCAN_MS = 60_000;

/** Looks for camouflage targets from servers. */
@Injectable()
export class RealityScans {
  constructor(
    private readonly hosts: AgentHosts,
    private readonly servers: ServersService,
    private readonly audit: AuditService,
    private readonly transactions: TransactionRunner,
  ) {}

  /**
   * Looks at sites from a server and ranks them, the best first. Changes nothing on it.
   *
   * @throws AppError server_not_found, reality_scan_failed
   */
  async scan(serverId: string, texts: readonly string[], actor: Actor): Promise<ScannedSite[]> {
    const server = await this.servers.get(serverId);
    const targets = (texts.length > 0 ? texts : SCAN_CANDIDATES).flatMap((text) => {
      const target = scanTarget(text);
      return target ? [target] : [];
    });
    await this.transactions.run(({ manager }) =>
      this.audit.record(manager, {
        actor,
        action: 'server.reality_scan',
        object: { type: 'server', id: server.id, name: server.name },
        outcome: 'success',
        details: { targets: targets.length },
      }),
    );
    return [...rankSites(await this.look(serverId, targets))];
  }

  private async look(
    serverId: string,
    targets: readonly { host: string; port: number }[],
  ): Promise<readonly SeenSite[]> {
    const context = { signal: AbortSignal.timeout(SCAN_MS), log: () => undefined };
    const request = JSON.stringify({ targets, timeout: SITE_SECONDS });
    const source = await readFile(SCANNER, 'utf8');
    try {
      // The scanner's text is an argument, the targets come on standard input: it is not installed for this.
      const { stdout } = await this.hosts
        .open(serverId)
        .run(context, ['python3', '-c', source], { input: request, timeoutMs: SCAN_MS });
      return ScanOutput.parse(JSON.parse(stdout.toString('utf8'))).results;
    } catch (error) {
      throw scanFailure(error);
    }
  }
}

function scanFailure(error: unknown): unknown {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new AppError(REALITY_SCAN_FAILED, 'The server did not finish the scan within a minute.');
  }
  if (!(error instanceof StepFailure)) return error;
  const advice =
    error.code === 'command_rejected'
      ? ' It needs python3 there; the operation install_ansible brings it.'
      : '';
  return new AppError(REALITY_SCAN_FAILED, `${error.message}${advice}`, { layer: error.layer });
}
