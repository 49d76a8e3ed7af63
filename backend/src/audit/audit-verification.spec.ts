import { describe, expect, it } from '@jest/globals';
import { CHAIN_START, digestOf, linkHash } from './audit-digest.js';
import type { DigestedAudit } from './audit-digest.js';
import { ChainVerifier } from './audit-verification.js';
import type { AuditProblem, ChainHead } from './audit-verification.js';
import type { ChainEntry } from './audit.repository.js';

function anEvent(number: number): DigestedAudit {
  const content = {
    id: `01990000-0000-7000-8000-${String(number).padStart(12, '0')}`,
    at: new Date(Date.UTC(2026, 10, 20, 12, 0, number)),
    actorKind: 'cli',
    actorId: 'cli',
    actorName: 'root',
    actorRole: 'admin',
    address: null,
    correlationId: `c${number}`,
    action: 'user.create',
    objectType: null,
    objectId: null,
    objectName: null,
    outcome: 'success' as const,
    details: { number },
  };
  return { ...content, digest: digestOf(content) };
}

function aChain(length: number): ChainEntry[] {
  let previous: Buffer = CHAIN_START;
  return Array.from({ length }, (_, index) => {
    const event = anEvent(index + 1);
    previous = linkHash(previous, event.digest);
    return { seq: BigInt(index + 1), hash: previous, event };
  });
}

function problemsOf(entries: readonly ChainEntry[], expected: ChainHead[] = []): AuditProblem[] {
  const verifier = new ChainVerifier(expected);
  for (const entry of entries) verifier.add(entry);
  return [...verifier.finish([])];
}

function kindsOf(entries: readonly ChainEntry[], expected: ChainHead[] = []): string[] {
  return problemsOf(entries, expected).map(({ kind }) => kind);
}

describe('ChainVerifier', () => {
  it('finds nothing wrong with an honest log, and tells its head', () => {
    const chain = aChain(5);
    const verifier = new ChainVerifier();
    for (const entry of chain) verifier.add(entry);

    expect(verifier.finish([])).toEqual([]);
    expect(verifier.head).toEqual({ seq: 5n, hash: chain[4]?.hash });
  });

  it('finds nothing wrong with an empty log', () => {
    expect(kindsOf([])).toEqual([]);
  });

  it('finds an event whose text was changed', () => {
    const chain = aChain(5).map((entry) =>
      entry.seq === 3n && entry.event
        ? { ...entry, event: { ...entry.event, actorName: 'nobody' } }
        : entry,
    );

    expect(problemsOf(chain)).toEqual([
      { kind: 'edited', message: expect.stringContaining('link 3') },
    ]);
  });

  it('finds an event whose digest was recomputed after the change', () => {
    const chain = aChain(5).map((entry) => {
      if (entry.seq !== 3n || !entry.event) return entry;
      const changed = { ...entry.event, actorName: 'nobody' };
      return { ...entry, event: { ...changed, digest: digestOf(changed) } };
    });

    expect(kindsOf(chain)).toEqual(['broken']);
  });

  it('finds a link that was replaced together with its event', () => {
    const chain = aChain(5);
    const changed = { ...anEvent(3), actorName: 'nobody' };
    const event = { ...changed, digest: digestOf(changed) };
    const hash = linkHash(chain[1]?.hash ?? CHAIN_START, event.digest);
    chain[2] = { seq: 3n, hash, event };

    expect(problemsOf(chain)).toEqual([
      { kind: 'broken', message: expect.stringContaining('link 4') },
    ]);
  });

  it('finds missing links', () => {
    const chain = aChain(6).filter(({ seq }) => seq !== 3n && seq !== 4n);

    expect(problemsOf(chain)).toEqual([{ kind: 'gap', message: 'links 3 to 4 are missing' }]);
  });

  it('finds a missing event', () => {
    const chain = aChain(3).map((entry) => (entry.seq === 2n ? { ...entry, event: null } : entry));

    expect(kindsOf(chain)).toEqual(['removed']);
  });

  it('finds swapped events', () => {
    const chain = aChain(4);
    const [, second, third] = chain;
    if (second && third) {
      chain[1] = { ...second, event: third.event };
      chain[2] = { ...third, event: second.event };
    }

    expect(kindsOf(chain)).toEqual(['broken', 'broken']);
  });

  it('finds that the end was cut off, by a head noted before', () => {
    const chain = aChain(5);
    const noted = { seq: 5n, hash: chain[4]?.hash ?? CHAIN_START };

    expect(kindsOf(chain.slice(0, 3), [noted])).toEqual(['cut']);
    expect(kindsOf(chain.slice(0, 3))).toEqual([]);
    expect(kindsOf(chain, [noted])).toEqual([]);
  });

  it('finds that the log was rewritten from a noted head on', () => {
    const noted = { seq: 2n, hash: Buffer.alloc(32, 7) };

    expect(kindsOf(aChain(5), [noted])).toEqual(['cut']);
  });

  it('finds events beside the chain', () => {
    const verifier = new ChainVerifier();

    expect(verifier.finish(['01990000-0000-7000-8000-000000000009'])).toEqual([
      { kind: 'unlinked', message: expect.stringContaining('000000000009') },
    ]);
  });
});
