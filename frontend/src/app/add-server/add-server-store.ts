import { Injectable, computed, inject, signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { createServer } from '../platform/api/generated/fn/servers/create-server';
import { probeSshServer } from '../platform/api/generated/fn/servers/probe-ssh-server';
import type { SshProbeResult } from '../platform/api/generated/models/ssh-probe-result';
import { injectTranslate } from '../platform/i18n/i18n';
import { injectGoOn } from '../platform/page/go-on';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { changedHost, changedJump, isSamePlace, probeOf } from '../ssh-login/host-draft';
import type { JumpDraft } from '../ssh-login/host-draft';
import {
  ADD_STEPS,
  EMPTY_SERVER,
  createRequestOf,
  isStepComplete,
  suggestedName,
} from './server-draft';
import type { AddStep, ServerDraft } from './server-draft';

/** The server somebody is adding, step by step. One for each visit of the page. */
@Injectable()
export class AddServerStore {
  private readonly api = inject(Api);
  private readonly goOn = injectGoOn();
  private readonly t = injectTranslate();

  readonly step = signal<AddStep>('address');
  readonly draft = signal<ServerDraft>(EMPTY_SERVER);
  readonly probe = signal<SshProbeResult | null>(null);
  readonly jumpProbe = signal<SshProbeResult | null>(null);
  /** Somebody tried to leave the step: its problems are shown. */
  readonly tried = signal(false);
  readonly busy = signal(false);
  readonly problem = signal<Problem | null>(null);
  readonly stepNumber = computed(() => ADD_STEPS.indexOf(this.step()));

  change(changes: Partial<ServerDraft>): void {
    const { draft, isElsewhere } = changedHost(this.draft(), changes);
    this.draft.set(draft);
    if (isElsewhere) this.probe.set(null);
    this.problem.set(null);
  }

  changeJump(changes: Partial<JumpDraft> | null): void {
    if (changes === null) {
      this.jumpProbe.set(null);
      this.change({ jump: null });
      return;
    }
    const { jump, isElsewhere } = changedJump(this.draft().jump, changes);
    if (isElsewhere) this.jumpProbe.set(null);
    this.change({ jump });
  }

  /** Looks at the jump host itself. */
  async probeJump(): Promise<void> {
    const { jump } = this.draft();
    if (!jump) return;
    await this.asking(async () => {
      const body = probeOf({ ...jump, jump: null });
      const probe = await this.api.invoke(probeSshServer, { body });
      if (isSamePlace(jump, this.draft().jump)) this.jumpProbe.set(probe);
    });
  }

  /** Looks at the server, through the jump host if there is one. */
  async probeServer(): Promise<void> {
    this.probe.set(null);
    await this.asking(async () => {
      const draft = this.draft();
      const probe = await this.api.invoke(probeSshServer, { body: probeOf(draft) });
      if (isSamePlace(draft, this.draft())) this.probe.set(probe);
    });
  }

  back(): void {
    this.goTo(ADD_STEPS[this.stepNumber() - 1] ?? 'address');
  }

  /** Goes on when the step is complete; the first step looks at the server on the way. */
  async next(): Promise<void> {
    this.tried.set(true);
    if (this.busy() || !isStepComplete(this.step(), this.draft(), this.t)) return;
    if (this.step() === 'review') return this.create();
    if (this.step() === 'address') {
      if (this.draft().accepted === null) await this.probeServer();
      if (this.probe()?.reachable !== true) return;
    }
    if (this.step() === 'login' && this.draft().name === '') {
      this.change({ name: suggestedName(this.draft().host) });
    }
    this.goTo(ADD_STEPS[this.stepNumber() + 1] ?? 'review');
  }

  /** Goes back to a step that is complete already. */
  goTo(step: AddStep): void {
    this.tried.set(false);
    this.problem.set(null);
    this.step.set(step);
  }

  private async create(): Promise<void> {
    await this.asking(async () => {
      const body = createRequestOf(this.draft(), this.t);
      const { server, operation_id: operation } = await this.api.invoke(createServer, { body });
      // Secrets leave the memory with the draft.
      this.draft.set(EMPTY_SERVER);
      await this.goOn(
        operation === null
          ? ['/servers', server.id]
          : ['/servers', server.id, 'install', operation],
        { replaceUrl: true },
      );
    });
    if (this.problem()?.name === 'server_name_taken') {
      const taken = this.problem();
      this.goTo('name');
      this.problem.set(taken);
    }
  }

  private async asking(work: () => Promise<void>): Promise<void> {
    this.busy.set(true);
    this.problem.set(null);
    try {
      await work();
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}
