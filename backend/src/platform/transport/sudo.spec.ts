import { describe, expect, it } from '@jest/globals';
import { elevatedArgv, elevationFor, sudoFailure } from './sudo.js';

describe('elevationFor', () => {
  it.each([
    [{ isRoot: true, sudoPassword: 'p' }, true, { kind: 'none' }],
    [{ isRoot: false, sudoPassword: 'p' }, false, { kind: 'none' }],
    [{ isRoot: false, sudoPassword: 'p' }, undefined, { kind: 'none' }],
    [{ isRoot: false, sudoPassword: 'p' }, true, { kind: 'sudo', password: 'p' }],
    [{ isRoot: false }, true, { kind: 'sudo' }],
  ])('for %j, sudo %j, is %j', (login, sudo, elevation) => {
    expect(elevationFor(login, sudo)).toEqual(elevation);
  });
});

describe('elevatedArgv', () => {
  it('never holds the password', () => {
    const argv = elevatedArgv(['id'], { kind: 'sudo', password: 'canary' }, 'prompt');

    expect(argv).toEqual(['sudo', '-H', '-S', '-p', 'prompt', '--', 'id']);
  });

  it('forbids sudo to ask when there is no password', () => {
    expect(elevatedArgv(['id'], { kind: 'sudo' }, 'prompt')).toEqual([
      'sudo',
      '-H',
      '-n',
      '--',
      'id',
    ]);
  });

  it('changes nothing without elevation', () => {
    expect(elevatedArgv(['id'], { kind: 'none' }, 'prompt')).toEqual(['id']);
  });
});

describe('sudoFailure', () => {
  it.each([
    ['sudo: a password is required\n', 1, 'sudo_password_required'],
    [
      'Sorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt\n',
      1,
      'sudo_password_wrong',
    ],
    ['bob is not in the sudoers file.  This incident will be reported.\n', 1, 'sudo_not_allowed'],
    ["Sorry, user bob is not allowed to execute '/bin/sh' as root on h.\n", 1, 'sudo_not_allowed'],
    ['sudo: sorry, you must have a tty to run sudo\n', 1, 'sudo_needs_tty'],
    [
      'sudo: Account or password is expired, reset your password and try again\n',
      1,
      'sudo_account_unusable',
    ],
    [
      'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.\nsudo: If sudo is running in a container, you may need to adjust the container configuration to disable the flag.\n',
      1,
      'sudo_no_new_privileges',
    ],
    ['bash: line 1: sudo: command not found\n', 127, 'sudo_missing'],
    ['fish: Unknown command: sudo\n', 127, 'sudo_missing'],
    ['', 127, 'sudo_missing'],
    ['sudo: /etc/sudo.conf is world writable\n', 1, 'sudo_failed'],
  ])('names %j, exit code %d, as %s', (said, exitCode, code) => {
    expect(sudoFailure(said, exitCode, 0)).toMatchObject({ layer: 'sudo', code });
  });

  it('takes a second prompt for a wrong password in any language', () => {
    expect(sudoFailure('Das hat nicht funktioniert.', 1, 2)).toMatchObject({
      code: 'sudo_password_wrong',
    });
  });

  it('shows what sudo said as one printable line', () => {
    expect(sudoFailure('odd\n\u001b[31mthing', 1, 0).message).toContain('odd [31mthing');
  });
});
