import { describe, expect, it } from '@jest/globals';

import { borrowedAccount, dedicatedAccount, isErrno, parsePasswd } from './postgres-account.js';

const PASSWD = parsePasswd(
  'root:x:0:0:root:/root:/bin/bash\nnonsense\nnobody:x:65534:65533:nobody:/:/usr/sbin/nologin\n',
);

describe('parsePasswd', () => {
  it('reads names and numbers and leaves out what is malformed', () => {
    expect(PASSWD).toEqual([
      { name: 'root', uid: 0, gid: 0 },
      { name: 'nobody', uid: 65_534, gid: 65_533 },
    ]);
  });
});

describe('dedicatedAccount', () => {
  it('gives a data directory the same unused id every time, and others other ones', () => {
    const one = dedicatedAccount('/srv/one', PASSWD);

    expect(dedicatedAccount('/srv/one', PASSWD)).toEqual(one);
    expect(dedicatedAccount('/srv/two', PASSWD)).not.toEqual(one);
    expect(one.uid).toBeGreaterThanOrEqual(60_578);
    expect(one.uid).toBeLessThanOrEqual(61_183);
  });

  it('avoids ids that are taken', () => {
    const { uid } = dedicatedAccount('/srv/one', PASSWD);
    const taken = [...PASSWD, { name: 'taken', uid, gid: uid }];

    expect(dedicatedAccount('/srv/one', taken).uid).not.toBe(uid);
  });

  it('says so when all are taken', () => {
    const all = Array.from({ length: 606 }, (_, step) => ({
      name: 'x',
      uid: 60_578 + step,
      gid: 1,
    }));

    expect(() => dedicatedAccount('/srv/one', all)).toThrow('no free user id');
  });
});

describe('borrowedAccount', () => {
  it('takes an unprivileged account and never root under another name', () => {
    expect(borrowedAccount(PASSWD)).toEqual({ uid: 65_534, gid: 65_533 });
    expect(() => borrowedAccount(parsePasswd('nobody:x:0:0::/:/bin/sh'))).toThrow('/etc/passwd');
  });
});

describe('isErrno', () => {
  it('compares the code of an error and nothing else', () => {
    expect(isErrno(Object.assign(new Error('x'), { code: 'ENOENT' }), 'EEXIST', 'ENOENT')).toBe(
      true,
    );
    expect(isErrno(new Error('ENOENT'), 'ENOENT')).toBe(false);
    expect(isErrno(undefined, 'ENOENT')).toBe(false);
  });
});
