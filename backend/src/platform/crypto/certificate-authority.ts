import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  X509Certificate,
} from 'node:crypto';

import { issueCertificate } from './certificate.js';
import { type Keyring, KeyringError } from './keyring.js';
import { Secret } from './secret.js';
import { sha256 } from './tokens.js';

const AUTHORITY_FILE = 'ca.pem';
const CLIENT_FILE = 'client.pem';
const SUBJECT_PREFIX = 'MyX installation ';
/** Clocks of servers go wrong; what counts is the signature, so dates are wide. */
const LONG_AGO = new Date('2000-01-01T00:00:00Z');
/** "No well-defined expiration date" (RFC 5280, section 4.1.2.5). */
const NEVER = new Date('9999-12-31T23:59:59Z');
const DAY_MS = 86_400_000;
const CLIENT_VALIDITY_DAYS = 3650;
const RENEW_BEFORE_DAYS = 365;

/** A certificate and its private key, both PEM. */
export interface CertificateWithKey {
  readonly certificate: string;
  readonly key: Secret;
}

/**
 * The installation's own certificate authority. Agents trust it and nothing else, so its certificate is
 * what tells this manager from any other. ECDSA P-256; it signs client certificates for managers and nothing more.
 */
export class CertificateAuthority {
  readonly #keyring: Keyring;
  readonly #authority: CertificateWithKey;
  #client: CertificateWithKey;
  /** Names this installation, in its certificates too. */
  readonly installationId: string;

  private constructor(keyring: Keyring, authority: CertificateWithKey, client: CertificateWithKey) {
    this.#keyring = keyring;
    this.#authority = authority;
    this.#client = client;
    this.installationId = installationOf(authority);
  }

  /**
   * Opens the authority and the manager's client certificate, making them at first start.
   * @throws KeyringError when the files are missing or foreign to this database: agents out there trust the
   *   authority they were given, and no other is made in its place
   */
  static async open(keyring: Keyring, now = new Date()): Promise<CertificateAuthority> {
    const authority = await openAuthority(keyring);
    const stored = await keyring.files.read(CLIENT_FILE);
    const client =
      stored === undefined ? undefined : parsePair(stored, keyring.files.path(CLIENT_FILE));
    const usable =
      client !== undefined && isIssuedBy(client, authority) && !isNearExpiry(client, now);
    const opened = new CertificateAuthority(keyring, authority, usable ? client : authority);
    if (!usable) await opened.#renew(now);
    return opened;
  }

  /** The authority's certificate (PEM), which agents are given to trust. */
  get certificate(): string {
    return this.#authority.certificate;
  }

  /** What this manager shows to agents. */
  get clientCertificate(): CertificateWithKey {
    return this.#client;
  }

  /** Renews the client certificate in its last year, and answers whether it did. Call it daily. */
  async renewWhenDue(now = new Date()): Promise<boolean> {
    if (!isNearExpiry(this.#client, now)) return false;
    await this.#renew(now);
    return true;
  }

  async #renew(now: Date): Promise<void> {
    const client = issueClient(this.#authority, now);
    await this.#keyring.files.replace(CLIENT_FILE, formatPair(client));
    this.#client = client;
  }
}

async function openAuthority(keyring: Keyring): Promise<CertificateWithKey> {
  const { files, installationKeys } = keyring;
  const path = files.path(AUTHORITY_FILE);
  let stored = await files.read(AUTHORITY_FILE);
  let made = false;
  if (stored === undefined) {
    if ((await installationKeys.find('authority')) !== undefined) {
      throw new KeyringError(
        `the certificate authority of this database is not here: put ${path} back. Agents trust it alone, so a new one is not made`,
      );
    }
    made = await files.create(AUTHORITY_FILE, formatPair(makeAuthority()));
    stored = await files.read(AUTHORITY_FILE);
  }
  const authority = parsePair(stored ?? Buffer.alloc(0), path);
  const fingerprint = sha256(new X509Certificate(authority.certificate).raw);
  if (!(await installationKeys.claim('authority', fingerprint)).equals(fingerprint)) {
    // Another manager was faster with this database; the one made here signs nothing.
    if (made) await files.remove(AUTHORITY_FILE);
    throw new KeyringError(
      `${path} is not the certificate authority of this database; restore that one. Several managers of one database share the secrets directory of the first`,
    );
  }
  return authority;
}

function makeAuthority(): CertificateWithKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const subject = SUBJECT_PREFIX + randomUUID();
  const certificate = issueCertificate(
    {
      subject,
      issuer: subject,
      notBefore: LONG_AGO,
      notAfter: NEVER,
      extensions: [
        { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
        { name: 'keyUsage', critical: true, keyCertSign: true },
      ],
    },
    { subject: publicKey, issuer: privateKey },
  );
  return { certificate, key: exportKey(privateKey) };
}

function issueClient(authority: CertificateWithKey, now: Date): CertificateWithKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const id = installationOf(authority);
  const certificate = issueCertificate(
    {
      subject: `MyX manager ${id}`,
      issuer: SUBJECT_PREFIX + id,
      notBefore: LONG_AGO,
      notAfter: new Date(now.getTime() + CLIENT_VALIDITY_DAYS * DAY_MS),
      extensions: [
        { name: 'basicConstraints', critical: true, cA: false },
        { name: 'keyUsage', critical: true, digitalSignature: true },
        { name: 'extKeyUsage', clientAuth: true },
        { name: 'subjectAltName', altNames: [{ type: 6, value: `urn:uuid:${id}` }] },
      ],
    },
    { subject: publicKey, issuer: createPrivateKey(authority.key.reveal()) },
  );
  return { certificate, key: exportKey(privateKey) };
}

function installationOf({ certificate }: CertificateWithKey): string {
  const { subject } = new X509Certificate(certificate);
  const id = /^CN=MyX installation ([0-9a-f-]{36})$/.exec(subject)?.[1];
  if (id === undefined)
    throw new KeyringError(`unexpected subject of the certificate authority: ${subject}`);
  return id;
}

function isIssuedBy(client: CertificateWithKey, authority: CertificateWithKey): boolean {
  const { publicKey } = new X509Certificate(authority.certificate);
  return new X509Certificate(client.certificate).verify(publicKey);
}

function isNearExpiry({ certificate }: CertificateWithKey, now: Date): boolean {
  const end = new X509Certificate(certificate).validToDate;
  return end.getTime() - now.getTime() < RENEW_BEFORE_DAYS * DAY_MS;
}

function exportKey(key: KeyObject): Secret {
  return new Secret(key.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** Key and certificate in one file, so that they cannot come apart. */
function formatPair({ certificate, key }: CertificateWithKey): string {
  return key.reveal() + certificate;
}

function parsePair(content: Buffer, path: string): CertificateWithKey {
  const text = content.toString('utf8');
  const key = /-----BEGIN PRIVATE KEY-----[\s\S]+?-----END PRIVATE KEY-----\n/.exec(text)?.[0];
  const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n/.exec(
    text,
  )?.[0];
  if (key === undefined || certificate === undefined || !belongTogether(key, certificate)) {
    throw new KeyringError(
      `${path} does not hold a private key and its certificate; restore it from a backup`,
    );
  }
  return { certificate, key: new Secret(key) };
}

function belongTogether(key: string, certificate: string): boolean {
  try {
    const own = createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'der' });
    const certified = new X509Certificate(certificate).publicKey.export({
      type: 'spki',
      format: 'der',
    });
    return own.equals(certified);
  } catch {
    // Neither parses: the caller reports the file.
    return false;
  }
}
