import { Injectable, inject } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { acceptCertificate } from '../platform/api/generated/fn/servers/accept-certificate';
import { acceptHostKey } from '../platform/api/generated/fn/servers/accept-host-key';
import { probeSshServer } from '../platform/api/generated/fn/servers/probe-ssh-server';
import type { ServerDetails } from '../platform/api/generated/models/server-details';
import { causeText } from '../platform/i18n/manager-words';
import { toProblem } from '../platform/problem/parse-problem';
import { Problem } from '../platform/problem/problem';
import type { PresentedKey } from '../ssh-login/host-key-check';

/** Looks at what a server presents now, and accepts another key or certificate for it. */
@Injectable({ providedIn: 'root' })
export class TrustCheck {
  private readonly api = inject(Api);

  /**
   * The host key the server presents now. Behind a jump host only the manager's login gets there: it is
   * asked to accept the pinned key, and refuses when another one is presented, naming it.
   *
   * @throws Problem when the server cannot be reached
   */
  async hostKey(details: ServerDetails): Promise<PresentedKey> {
    const { id, host, ssh } = details;
    const pinned = ssh?.host_key?.fingerprint;
    // The document says a jump host is always there; most servers have none.
    const isBehindJumpHost = (ssh?.jump_host as unknown) != null;
    if (!isBehindJumpHost || pinned === undefined) return this.probe(host, ssh?.port ?? 22);
    return this.seenBy(pinned, () =>
      this.api.invoke(acceptHostKey, { id, body: { fingerprint: pinned, hop: 'server' } }),
    );
  }

  /** The SHA-256 of the certificate the agent presents now, beside the pinned one. @throws Problem */
  async certificate(id: string, pinned: string): Promise<string> {
    const seen = await this.seenBy(pinned, () =>
      this.api.invoke(acceptCertificate, { id, body: { fingerprint: pinned } }),
    );
    return seen.fingerprint;
  }

  /** From now on only this host key is accepted, if it is the one presented now. @throws Problem */
  async acceptHostKey(id: string, fingerprint: string): Promise<void> {
    await this.api.invoke(acceptHostKey, { id, body: { fingerprint, hop: 'server' } });
  }

  /** From now on only this certificate is accepted, if it is the one presented now. @throws Problem */
  async acceptCertificate(id: string, fingerprint: string): Promise<void> {
    await this.api.invoke(acceptCertificate, { id, body: { fingerprint } });
  }

  private async probe(host: string, port: number): Promise<PresentedKey> {
    const { host_key: key, problem } = await this.api.invoke(probeSshServer, {
      body: { host, port },
    });
    if (key) return key;
    throw new Problem({
      name: 'ssh_unreachable',
      title: problem?.code ?? '',
      detail: problem ? causeText(problem) : '',
      status: 502,
    });
  }

  private async seenBy(pinned: string, ask: () => Promise<unknown>): Promise<PresentedKey> {
    try {
      await ask();
      return { algorithm: null, fingerprint: pinned };
    } catch (error) {
      const problem = toProblem(error);
      const { seen } = problem.extra;
      if (problem.status === 409 && typeof seen === 'string') {
        return { algorithm: null, fingerprint: seen };
      }
      throw problem;
    }
  }
}
