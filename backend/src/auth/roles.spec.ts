import { describe, expect, it } from '@jest/globals';
import { isKnownPermission, isWithin, lowerRole, permissionsOf, permits, ROLES } from './roles.js';

describe('permits', () => {
  it.each([
    ['viewer', 'servers:read', true],
    ['viewer', 'self', true],
    ['viewer', 'commands:run', false],
    ['viewer', 'audit:read', false],
    ['operator', 'servers:read', true],
    ['operator', 'commands:run', true],
    ['operator', 'servers:trust', false],
    ['operator', 'users:manage', false],
    ['admin', 'commands:run', true],
    ['admin', 'users:manage', true],
    ['admin', 'no:such', false],
    ['admin', 'public', false],
    ['admin', '', false],
    ['root', 'servers:read', false],
    ['', 'self', false],
    ['constructor', 'self', false],
  ])('%s, %s: %s', (role, permission, expected) => {
    expect(permits(role, permission)).toBe(expected);
  });

  it('gives each role everything the one before it has', () => {
    const [viewer = [], operator = [], admin = []] = ROLES.map(permissionsOf);

    expect(operator).toEqual(expect.arrayContaining([...viewer]));
    expect(admin).toEqual(expect.arrayContaining([...operator]));
    expect(admin.length).toBeGreaterThan(operator.length);
  });
});

describe('isKnownPermission', () => {
  it.each([
    ['public', true],
    ['self', true],
    ['audit:read', true],
    ['servers:raed', false],
    ['', false],
  ])('%j: %s', (permission, expected) => {
    expect(isKnownPermission(permission)).toBe(expected);
  });
});

describe('role order', () => {
  it('finds the lesser role', () => {
    expect(lowerRole('admin', 'viewer')).toBe('viewer');
    expect(lowerRole('operator', 'admin')).toBe('operator');
    expect(lowerRole('admin', 'admin')).toBe('admin');
  });

  it.each([
    ['viewer', 'operator', true],
    ['operator', 'operator', true],
    ['admin', 'operator', false],
    ['root', 'admin', false],
    ['viewer', 'none', false],
  ])('%s is within %s: %s', (role, limit, expected) => {
    expect(isWithin(role, limit)).toBe(expected);
  });
});
