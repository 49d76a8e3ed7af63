import { createHash } from 'node:crypto';
import type { AuditEvent } from './audit-event.entity.js';

/** The columns of an event that its digest covers: all of them. */
export type AuditContent = Omit<AuditEvent, 'digest'>;

/** An event with its digest, ready to be stored. */
export type DigestedAudit = AuditContent & Pick<AuditEvent, 'digest'>;

/** Version of the canonical form, hashed with it: a later form must not collide with this one. */
const FORM = 1;

/**
 * SHA-256 over the canonical form of an event: a JSON array of its columns in a fixed order, object keys
 * sorted. The same before storing and after reading back (`jsonb` keeps neither key order nor spacing).
 */
export function digestOf(event: AuditContent): Buffer {
  const columns = [
    FORM,
    event.id,
    event.at.toISOString(),
    event.actorKind,
    event.actorId,
    event.actorName,
    event.actorRole,
    event.address,
    event.correlationId,
    event.action,
    event.objectType,
    event.objectId,
    event.objectName,
    event.outcome,
    sorted(event.details),
  ];
  return createHash('sha256').update(JSON.stringify(columns), 'utf8').digest();
}

/** The hash of a link: `SHA-256(previous || digest)`; the first link follows 32 zero bytes. */
export function linkHash(previous: Buffer, digest: Buffer): Buffer {
  return createHash('sha256').update(previous).update(digest).digest();
}

/** What the first link of the chain follows. */
export const CHAIN_START = Buffer.alloc(32);

/**
 * Details as they are stored: plain JSON (dates as text, secrets as `[redacted]`, no `undefined`) in
 * characters that PostgreSQL's `jsonb` takes.
 */
export function storableDetails(details: Readonly<Record<string, unknown>>): object {
  return cleaned(JSON.parse(JSON.stringify(details))) as object;
}

/** Text as PostgreSQL takes it: no NUL and no lone surrogate. */
export function storableText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8').replaceAll('\0', '\uFFFD');
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [storableText(key), cleaned(child)]),
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) => [key, sorted(child)] as const);
  // As pairs: integer-like keys of an object would come first whatever their order. Wrapped, so that an
  // object does not read like a list of pairs.
  return { pairs: entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) };
}
