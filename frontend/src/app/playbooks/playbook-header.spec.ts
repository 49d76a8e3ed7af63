import { describe, expect, it } from '@jest/globals';
import { NEW_PLAYBOOK, headerOf } from './playbook-header';

describe('headerOf', () => {
  it('is the comment above the plays', () => {
    expect(headerOf('---\n# one\n# two\n- hosts: localhost\n# three\n')).toBe('# one\n# two');
    expect(headerOf(NEW_PLAYBOOK)).toContain('variables:');
  });

  it('is empty where the plays come first', () => {
    expect(headerOf('- hosts: localhost # here\n')).toBe('');
    expect(headerOf('')).toBe('');
  });

  it('does not mind how lines end', () => {
    expect(headerOf('# one\r\n- hosts: all\r\n')).toBe('# one');
  });
});
