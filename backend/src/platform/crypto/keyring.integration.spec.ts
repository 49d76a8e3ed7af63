import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  chmod,
  chown,
  copyFile,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { createServer, connect } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';

import { eventually } from '../../../../test/support/eventually.js';
import { openTestDatabase } from '../../../../test/support/test-database.js';
import { InstallationKeys1795200001000 } from './installation-keys.migration.js';
import { issueCertificate } from './certificate.js';
import { CertificateAuthority, type CertificateWithKey } from './certificate-authority.js';
import { Keyring } from './keyring.js';
import { SecretBox } from './secret-box.js';
import { Secret } from './secret.js';

jest.setTimeout(60_000);

const PLACE = { table: 't', column: 'c', rowId: '1' };

let dataDir: string;
let secrets: string;
let dataSource: DataSource;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'myx-keyring-'));
  secrets = join(dataDir, 'secrets');
  ({ dataSource } = await openTestDatabase({ migrations: [InstallationKeys1795200001000] }));
});

afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

function open(masterKey?: string, directory = dataDir): Promise<Keyring> {
  const master_key = masterKey === undefined ? undefined : new Secret(masterKey);
  return Keyring.open({ config: { data_dir: directory, secrets: { master_key } }, dataSource });
}

async function makeAll(): Promise<CertificateAuthority> {
  return CertificateAuthority.open(await open());
}

describe('Keyring', () => {
  it('makes its keys once, readable by nobody else', async () => {
    const first = await open();
    await CertificateAuthority.open(first);
    const sealed = new SecretBox(first.masterKey).seal('x', PLACE);

    const second = await open();

    expect(new SecretBox(second.masterKey).open(sealed, PLACE).reveal()).toBe('x');
    expect(second.sessionKey.reveal()).toEqual(first.sessionKey.reveal());
    const names = (await readdir(secrets)).sort();
    expect(names).toEqual(['ca.pem', 'client.pem', 'master.key', 'session.key']);
    for (const name of names) expect((await stat(join(secrets, name))).mode & 0o777).toBe(0o600);
    expect((await stat(secrets)).mode & 0o777).toBe(0o700);
  });

  it('takes the master key from the configuration, in either notation, and writes none', async () => {
    const bytes = Buffer.alloc(32, 7);

    const first = await open(bytes.toString('base64'));
    const second = await open(bytes.toString('hex'));

    expect(second.masterKey.id).toEqual(first.masterKey.id);
    expect(await readdir(secrets)).toEqual(['session.key']);
  });

  it('refuses a wrong master key', async () => {
    await open();

    await expect(open(Buffer.alloc(32, 7).toString('base64'))).rejects.toThrow(
      /secrets\.master_key is not the one this database was written with/,
    );
  });

  it('refuses a missing master key and makes no second one', async () => {
    await open();
    await unlink(join(secrets, 'master.key'));

    await expect(open()).rejects.toThrow(
      /put it back at .*master\.key, or set MYX_SECRETS_MASTER_KEY/,
    );
    expect(await readdir(secrets)).toEqual(['session.key']);
  });

  it('refuses a master key that is no key, without quoting it', async () => {
    await open();
    await writeFile(join(secrets, 'master.key'), 'canary-77aa');

    await expect(open()).rejects.toThrow(/must be 32 bytes/);
    await expect(open()).rejects.not.toThrow(/canary/);
  });

  it.each([
    ['a readable key', () => chmod(join(secrets, 'master.key'), 0o640), /mode 640.*chmod 600/],
    ['an open directory', () => chmod(secrets, 0o755), /mode 755.*chmod 700/],
    [
      'a key of another user',
      () => chown(join(secrets, 'master.key'), 12_345, 0),
      /belongs to user 12345/,
    ],
  ])('refuses %s and says what to do', async (_name, loosen, message) => {
    await open();
    await loosen();

    await expect(open()).rejects.toThrow(message);
  });

  it('lets one of two managers win that start on one new database', async () => {
    const others = await mkdtemp(join(tmpdir(), 'myx-keyring-'));
    try {
      const results = await Promise.allSettled([open(), open(undefined, others)]);

      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const loser = results[0].status === 'rejected' ? dataDir : others;
      await expect(open(undefined, loser)).rejects.toThrow('is not here');
    } finally {
      await rm(others, { recursive: true, force: true });
    }
  });
});

describe('CertificateAuthority', () => {
  it('issues what OpenSSL takes for a certificate of its own', async () => {
    const { certificate, clientCertificate, installationId } = await makeAll();
    const [authority, client] = [
      new X509Certificate(certificate),
      new X509Certificate(clientCertificate.certificate),
    ];

    expect(authority.ca).toBe(true);
    expect(authority.validTo).toBe('Dec 31 23:59:59 9999 GMT');
    expect(client.ca).toBe(false);
    expect(client.checkIssued(authority)).toBe(true);
    expect(client.verify(authority.publicKey)).toBe(true);
    expect(client.subjectAltName).toBe(`URI:urn:uuid:${installationId}`);
    expect(client.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(client.checkPrivateKey(createPrivateKey(clientCertificate.key.reveal()))).toBe(true);
  });

  it('is the same after a restart', async () => {
    const first = await makeAll();

    const second = await makeAll();

    expect(second.certificate).toBe(first.certificate);
    expect(second.clientCertificate.certificate).toBe(first.clientCertificate.certificate);
    expect(second.installationId).toBe(first.installationId);
  });

  it('is not replaced when it is missing', async () => {
    await makeAll();
    await unlink(join(secrets, 'ca.pem'));

    await expect(makeAll()).rejects.toThrow(/certificate authority of this database is not here/);
  });

  it('is refused when it belongs to another installation', async () => {
    await makeAll();
    const others = await mkdtemp(join(tmpdir(), 'myx-keyring-'));
    try {
      const other = await openTestDatabase({ migrations: [InstallationKeys1795200001000] });
      await CertificateAuthority.open(
        await Keyring.open({
          config: { data_dir: others, secrets: {} },
          dataSource: other.dataSource,
        }),
      );
      await copyFile(join(others, 'secrets', 'ca.pem'), join(secrets, 'ca.pem'));
    } finally {
      await rm(others, { recursive: true, force: true });
    }

    await expect(makeAll()).rejects.toThrow(/is not the certificate authority of this database/);
  });

  it('is refused when key and certificate do not belong together', async () => {
    await makeAll();
    const [ca, client] = await Promise.all(
      ['ca.pem', 'client.pem'].map((name) => readFile(join(secrets, name), 'utf8')),
    );
    const start = '-----BEGIN CERTIFICATE-----';
    await writeFile(
      join(secrets, 'ca.pem'),
      `${client!.split(start)[0]!}${start}${ca!.split(start)[1]!}`,
    );

    await expect(makeAll()).rejects.toThrow(/does not hold a private key and its certificate/);
  });

  it('renews the client certificate in its last year, and not before', async () => {
    const authority = await makeAll();
    const before = authority.clientCertificate.certificate;
    const end = new X509Certificate(before).validToDate.getTime();
    const early = new Date(end - 366 * 86_400_000);
    const late = new Date(end - 364 * 86_400_000);

    expect(await authority.renewWhenDue(early)).toBe(false);
    expect(await authority.renewWhenDue(late)).toBe(true);

    const renewed = authority.clientCertificate.certificate;
    expect(renewed).not.toBe(before);
    expect((await makeAll()).clientCertificate.certificate).toBe(renewed);
  });

  it.each([
    ['missing', undefined],
    ['of another authority', selfSigned],
  ])('makes a new client certificate when the one there is %s', async (_name, make) => {
    const authority = await makeAll();
    const file = join(secrets, 'client.pem');
    await unlink(file);
    const foreign = make?.(authority);
    if (foreign) await writeFile(file, foreign.key.reveal() + foreign.certificate, { mode: 0o600 });

    const { clientCertificate } = await makeAll();

    expect(clientCertificate.certificate).not.toBe(foreign?.certificate);
    expect(await handshake(authority, clientCertificate)).toBe('accepted');
  });
});

describe('a server that trusts the authority alone', () => {
  it('accepts the manager', async () => {
    const authority = await makeAll();

    expect(await handshake(authority, authority.clientCertificate)).toBe('accepted');
  });

  it.each([
    ['no certificate', () => undefined],
    [
      'a foreign authority with copied names',
      (authority: CertificateAuthority) => copyOf(authority),
    ],
    ['a certificate that signs itself', (authority: CertificateAuthority) => selfSigned(authority)],
  ])('refuses %s before any handler runs', async (_name, make) => {
    const authority = await makeAll();

    expect(await handshake(authority, make(authority))).toBe('1 refused, 0 handled');
  });

  it('refuses a certificate of ours that is not for clients', async () => {
    const authority = await makeAll();
    const ca = await readFile(join(secrets, 'ca.pem'), 'utf8');
    const wrongPurpose = copyOf(authority, ca, [{ name: 'extKeyUsage', serverAuth: true }]);

    expect(await handshake(authority, wrongPurpose)).toBe('1 refused, 0 handled');
    // The same certificate for the right purpose is taken: the purpose alone made the difference.
    const rightPurpose = copyOf(authority, ca, [{ name: 'extKeyUsage', clientAuth: true }]);
    expect(await handshake(authority, rightPurpose)).toBe('accepted');
  });
});

/** A client certificate with our names, signed by `caKey`, or by a key of its own maker. */
function copyOf(
  authority: CertificateAuthority,
  caKey?: string,
  extensions: Record<string, unknown>[] = [{ name: 'extKeyUsage', clientAuth: true }],
): CertificateWithKey {
  const own = createPrivateKey(authority.clientCertificate.key.reveal());
  const issuerKey = caKey === undefined ? own : createPrivateKey(caKey);
  const issuer = new X509Certificate(authority.certificate).subject.replace('CN=', '');
  const certificate = issueCertificate(
    {
      subject: 'MyX manager',
      issuer,
      notBefore: new Date(0),
      notAfter: new Date('2049-01-01'),
      extensions,
    },
    { subject: createPublicKey(own), issuer: issuerKey },
  );
  return { certificate, key: authority.clientCertificate.key };
}

function selfSigned(authority: CertificateAuthority): CertificateWithKey {
  const key = createPrivateKey(authority.clientCertificate.key.reveal());
  const name = new X509Certificate(authority.certificate).subject.replace('CN=', '');
  const certificate = issueCertificate(
    {
      subject: name,
      issuer: name,
      notBefore: new Date(0),
      notAfter: new Date('2060-01-01'),
      extensions: [{ name: 'basicConstraints', critical: true, cA: true }],
    },
    { subject: createPublicKey(key), issuer: key },
  );
  return { certificate, key: authority.clientCertificate.key };
}

/** What an agent does: TLS 1.3, client certificate demanded, our authority trusted and no other. */
async function handshake(
  authority: CertificateAuthority,
  client: CertificateWithKey | undefined,
): Promise<string> {
  const identity = selfSigned(authority);
  let handled = 0;
  const server = createServer(
    {
      cert: identity.certificate,
      key: identity.key.reveal(),
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
    },
    (socket) => {
      handled += 1;
      socket.end('hello');
    },
  );
  let refused = 0;
  server.on('tlsClientError', () => (refused += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const answer = await talk((server.address() as AddressInfo).port, identity, client);
    await eventually('the server has judged', () =>
      Promise.resolve(refused + handled > 0 ? true : undefined),
    );
    return answer === 'hello' && handled === 1
      ? 'accepted'
      : `${refused} refused, ${handled} handled`;
  } finally {
    server.close();
  }
}

function talk(
  port: number,
  identity: CertificateWithKey,
  client: CertificateWithKey | undefined,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      ca: identity.certificate,
      checkServerIdentity: () => undefined,
      ...(client === undefined ? {} : { cert: client.certificate, key: client.key.reveal() }),
    });
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    socket.on('error', (error: Error) => {
      resolve(error.message);
    });
    socket.on('close', () => {
      resolve(received);
    });
  });
}
