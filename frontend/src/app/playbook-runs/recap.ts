import { Component, computed, input } from '@angular/core';
import type { PlaybookRecap } from '../platform/api/generated/models/playbook-recap';
import { injectTranslate } from '../platform/i18n/i18n';

const WORDS = ['ok', 'changed', 'failed', 'unreachable', 'skipped', 'ignored'] as const;

/** The numbers Ansible ends with, in words. Of what did not happen nothing is said, but how much was fine. */
@Component({
  selector: 'app-recap',
  styles: `
    :host {
      display: inline-flex;
      flex-wrap: wrap;
      gap: 0 10px;
      font-size: 12px;
      line-height: 16px;
      color: var(--muted);
    }
    .changed {
      font-weight: 500;
      color: var(--info);
    }
    .failed,
    .unreachable {
      font-weight: 600;
      color: var(--bad);
    }
  `,
  template: `@for (part of parts(); track part.word) {
    <span class="number" [class]="part.word">{{ part.text }}</span>
  }`,
})
export class Recap {
  readonly recap = input.required<PlaybookRecap>();
  private readonly t = injectTranslate();
  protected readonly parts = computed(() => {
    const recap = this.recap();
    return WORDS.filter((word) => word === 'ok' || recap[word] > 0).map((word) => ({
      word,
      text: this.t(`recap.${word}`, { n: recap[word] }),
    }));
  });
}
