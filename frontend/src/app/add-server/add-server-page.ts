import type { ElementRef } from '@angular/core';
import { Component, afterRenderEffect, computed, inject, viewChild } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { PlainKey } from '../../i18n/en';
import { injectTranslate } from '../platform/i18n/i18n';
import { parseLabels } from '../servers/label-rules';
import { HostKeyCheck } from '../ssh-login/host-key-check';
import { SshLoginFields } from '../ssh-login/ssh-login-fields';
import { parseAddress } from '../ssh-login/login-draft';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Definition, DefinitionList } from '../ui/definition-list';
import { ErrorState } from '../ui/error-state';
import { Field, Input } from '../ui/field';
import { Notice } from '../ui/notice';
import { PageHeader } from '../ui/page-header';
import { StepBar } from '../ui/step-bar';
import { AddServerStore } from './add-server-store';
import { AddressStep } from './address-step';
import { ADD_STEPS, checkName } from './server-draft';
import type { AddStep } from './server-draft';

const TITLES = {
  address: 'add.addressTitle',
  hostKey: 'add.hostKeyTitle',
  login: 'add.loginTitle',
  name: 'add.nameTitle',
  review: 'add.reviewTitle',
} as const satisfies Record<AddStep, PlainKey>;

/** Adds one server over SSH: where it is, who it is, how to log in, what to call it. */
@Component({
  selector: 'app-add-server-page',
  imports: [
    AddressStep,
    Button,
    Card,
    Definition,
    DefinitionList,
    ErrorState,
    Field,
    HostKeyCheck,
    Input,
    Notice,
    PageHeader,
    RouterLink,
    SshLoginFields,
    StepBar,
  ],
  providers: [AddServerStore],
  templateUrl: './add-server-page.html',
  styleUrl: './add-server-page.css',
})
export class AddServerPage {
  protected readonly store = inject(AddServerStore);
  protected readonly t = injectTranslate();
  private readonly heading = viewChild<ElementRef<HTMLElement>>('heading');
  private shownStep: AddStep | null = null;

  protected readonly steps = computed(() =>
    ADD_STEPS.map((step) => ({ value: step, label: this.t(`add.${step}`) })),
  );
  protected readonly stepTitle = computed(() => this.t(TITLES[this.store.step()]));
  protected readonly nameProblem = computed(() => {
    const problem = this.store.problem();
    if (problem?.name === 'server_name_taken') return problem.detail;
    return this.store.tried() ? checkName(this.store.draft().name, this.t) : null;
  });
  protected readonly labelsProblem = computed(() => {
    const parsed = parseLabels(this.store.draft().labels, this.t);
    return 'problem' in parsed && this.store.draft().labels.trim() !== '' ? parsed.problem : null;
  });
  protected readonly problem = computed(() => {
    const problem = this.store.problem();
    return problem?.name === 'server_name_taken' ? null : problem;
  });
  protected readonly nextLabel = computed(() => {
    if (this.store.step() === 'review') return this.t('add.install');
    return this.t(this.store.step() === 'address' ? 'add.check' : 'ui.next');
  });
  protected readonly loginText = computed(() => {
    const { username, kind } = this.store.draft().login;
    return this.t(kind === 'password' ? 'add.byPassword' : 'add.byKey', { user: username });
  });

  constructor() {
    // Each step starts at its heading, for keys and screen readers; not the page itself.
    afterRenderEffect(() => {
      const step = this.store.step();
      const isFirst = this.shownStep === null;
      if (step === this.shownStep) return;
      this.shownStep = step;
      if (!isFirst) this.heading()?.nativeElement.focus();
    });
  }

  protected next(event: Event): void {
    event.preventDefault();
    void this.store.next();
  }

  /** A pasted `user@host:port` fills all three fields. */
  protected address(text: string): void {
    const { user, host, port } = parseAddress(text);
    const { login } = this.store.draft();
    this.store.change({
      host: user === null && port === null ? text : host,
      ...(port === null ? {} : { port: String(port) }),
      ...(user === null ? {} : { login: { ...login, username: user } }),
    });
  }
}
