import type { AuditActor } from '../audit/index.js';

/** Somebody who did not sign in, for the audit log. */
export function anonymous(from: Pick<AuditActor, 'address' | 'correlationId'>): AuditActor {
  return { kind: 'anonymous', id: 'anonymous', name: 'anonymous', role: 'none', ...from };
}
