import { describe, expect, it } from '@jest/globals';
import { joinSecrets, splitSecrets, UnknownSecretError } from './config-secrets.js';

const PATTERNS = ['/tls/key', '/logins/*/password'];

const config = {
  tls: { key: 'the key' },
  logins: [
    { name: 'a', password: 'first' },
    { name: 'b', password: 'second' },
  ],
};

interface Open {
  readonly logins: readonly { readonly name: string; readonly password: unknown }[];
}

describe('secrets of configurations', () => {
  it('takes every secret out, and puts it back', () => {
    const { open, secrets } = splitSecrets(config, PATTERNS);

    expect(JSON.stringify(open)).not.toMatch(/the key|first|second/);
    expect([...secrets.values()].sort()).toEqual(['first', 'second', 'the key']);
    expect(joinSecrets(open, PATTERNS, secrets)).toEqual(config);
  });

  it('gives a secret back to its item, wherever that moved in the list', () => {
    const { open, secrets } = splitSecrets(config, PATTERNS);
    const { logins } = open as Open;

    const joined = joinSecrets({ logins: [logins[1]] }, PATTERNS, secrets);

    expect(joined).toEqual({ logins: [{ name: 'b', password: 'second' }] });
  });

  it('splits the same secrets into the same marks', () => {
    const first = splitSecrets(config, PATTERNS);

    const again = splitSecrets(config, PATTERNS, first.secrets);

    expect(again.open).toEqual(first.open);
  });

  it('gives a changed secret another mark', () => {
    const first = splitSecrets(config, PATTERNS);
    const changed = { ...config, tls: { key: 'another key' } };

    const second = splitSecrets(changed, PATTERNS, first.secrets);

    expect(second.open).not.toEqual(first.open);
    expect([...second.secrets.values()]).not.toContain('the key');
  });

  it('refuses a mark that stands for nothing', () => {
    const marked = { tls: { key: { set: true, id: 'unknown' } } };

    expect(() => joinSecrets(marked, PATTERNS, new Map())).toThrow(UnknownSecretError);
  });

  it('resolves marks at the places of secrets only', () => {
    const { open, secrets } = splitSecrets(config, PATTERNS);
    const { logins } = open as Open;
    const elsewhere = { logins: [{ name: logins[0]?.password }] };

    expect(JSON.stringify(joinSecrets(elsewhere, PATTERNS, secrets))).not.toContain('first');
  });

  it('leaves a configuration without secrets as it is', () => {
    expect(splitSecrets({ port: 1 }, PATTERNS)).toEqual({ open: { port: 1 }, secrets: new Map() });
  });
});
