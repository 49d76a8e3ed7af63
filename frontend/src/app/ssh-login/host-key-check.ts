import { Component, computed, input, linkedSignal, model } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { CheckField } from '../ui/check-field';
import { CodeBlock } from '../ui/code-block';
import { CopyButton } from '../ui/copy-button';
import { Field, Input } from '../ui/field';
import { Icon } from '../ui/icon';

/** A host key as it was presented. */
export interface PresentedKey {
  readonly algorithm: string | null;
  readonly fingerprint: string;
}

/** Where OpenSSH keeps the public half, by algorithm (sshd_config(5), HostKey). */
const FILE_OF: Readonly<Record<string, string>> = {
  'ssh-ed25519': 'ed25519',
  'ssh-rsa': 'rsa',
  'rsa-sha2-256': 'rsa',
  'rsa-sha2-512': 'rsa',
};

/**
 * A host key to compare with the one on the server itself: by pasting what the server's console says, or
 * by eye. `accepted` is its fingerprint once somebody vouched for it, else null.
 */
@Component({
  selector: 'app-host-key-check',
  imports: [CheckField, CodeBlock, CopyButton, Field, Icon, Input],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 14px;
    }
    .key {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 10px;
      padding: 12px 14px;
      border: 1px solid var(--line);
      border-radius: var(--radius-m);
      background: var(--sunken);
    }
    .key > svg {
      color: var(--accent);
    }
    .key code {
      font-size: 13px;
      overflow-wrap: anywhere;
    }
    .match {
      display: flex;
      align-items: center;
      gap: 6px;
      font-weight: 500;
    }
    .good {
      color: var(--ok);
    }
    .bad {
      color: var(--bad);
    }
    .compare {
      display: flex;
      flex-direction: column;
      gap: 6px;
    }
  `,
  template: `<div class="key">
      <svg uiIcon="fingerprint"></svg>
      <div>
        <code>{{ key().fingerprint }}</code>
        @if (key().algorithm; as algorithm) {
          <p class="small muted">{{ algorithm }}</p>
        }
      </div>
      <ui-copy-button [value]="key().fingerprint" [label]="t('login.copyFingerprint')" />
    </div>
    <div class="compare">
      <p>{{ t('login.compareHow') }}</p>
      <ui-code-block [code]="command()" [label]="t('login.compareCommand')" />
    </div>
    <ui-field [label]="t('login.comparePaste')" optional>
      <input
        #expected
        uiInput
        class="mono"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        placeholder="SHA256:…"
        [value]="pasted()"
        (input)="compare(expected.value)"
      />
    </ui-field>
    @if (verdict() === 'same') {
      <p class="match good" role="status"><svg uiIcon="circle-check"></svg>{{ t('login.same') }}</p>
    } @else if (verdict() === 'different') {
      <p class="match bad" role="alert"><svg uiIcon="octagon-x"></svg>{{ t('login.different') }}</p>
    } @else {
      <ui-check-field
        [label]="t('login.compared')"
        [checked]="accepted() === key().fingerprint"
        (checkedChange)="accepted.set($event ? key().fingerprint : null)"
      />
    }`,
})
export class HostKeyCheck {
  readonly key = input.required<PresentedKey>();
  readonly accepted = model<string | null>(null);
  protected readonly t = injectTranslate();
  protected readonly pasted = linkedSignal({ source: this.key, computation: () => '' });

  protected readonly verdict = computed(() => {
    const found = /SHA256:[A-Za-z0-9+/]{43}/.exec(this.pasted())?.[0];
    if (found === undefined) return this.pasted().trim() === '' ? null : 'different';
    return found === this.key().fingerprint ? 'same' : 'different';
  });
  protected readonly command = computed(() => {
    const algorithm = this.key().algorithm ?? '';
    const file = algorithm.startsWith('ecdsa') ? 'ecdsa' : FILE_OF[algorithm];
    return file === undefined
      ? 'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done'
      : `ssh-keygen -lf /etc/ssh/ssh_host_${file}_key.pub`;
  });

  protected compare(text: string): void {
    this.pasted.set(text);
    this.accepted.set(this.verdict() === 'same' ? this.key().fingerprint : null);
  }
}
