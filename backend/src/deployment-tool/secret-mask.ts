import { ANSIBLE_MASK } from '@myx/protocol';
import type { AnsibleEvent } from '@myx/protocol';

/**
 * Replaces known secret values in text, as they are and as they look inside JSON and in addresses. The
 * server has done so already; this is for what it missed.
 */
export class SecretMask {
  /** Longest first: a secret that contains another one is replaced whole. */
  private readonly values: readonly string[];

  /** @param vars variables of a playbook; those named by `names` are secret, also what is nested in them */
  constructor(vars: Readonly<Record<string, unknown>>, names: readonly string[]) {
    const secrets = names.flatMap((name) => stringsIn(vars[name])).flatMap(formsOf);
    this.values = [...new Set(secrets)].sort((a, b) => b.length - a.length);
  }

  /** The text without secrets. */
  text(text: string): string {
    let masked = text;
    for (const value of this.values) masked = masked.replaceAll(value, ANSIBLE_MASK);
    return masked;
  }

  /** The event without secrets in any of its words. */
  event(event: AnsibleEvent): AnsibleEvent {
    if (this.values.length === 0) return event;
    const entries = Object.entries(event).map(([key, value]) => {
      const isText = typeof value === 'string' && !FIXED.has(key);
      return [key, isText ? this.text(value) : value] as const;
    });
    return Object.fromEntries(entries) as AnsibleEvent;
  }
}

/** Fields that hold no words of a playbook. */
const FIXED = new Set(['event', 'at', 'task_id', 'status', 'level']);

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(stringsIn);
  return [];
}

function formsOf(secret: string): string[] {
  // Well-formed first: a lone surrogate has no address form (ECMA-262, encodeURIComponent).
  const inAddress = encodeURIComponent(secret.toWellFormed());
  const trimmed = secret.trim();
  const forms = [secret, JSON.stringify(secret).slice(1, -1), inAddress, trimmed];
  return forms.filter((form) => form !== '');
}
