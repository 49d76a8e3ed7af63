import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { readPrivateFile } from '../config/load-config.ts';
import type { Places } from '../config/places.ts';
import { StartupError } from '../config/startup-error.ts';
import { writeFileDurably } from '../durable-file.ts';
import { codeOf, messageOf } from '../log.ts';
import { makeSelfSignedCertificate } from './self-signed.ts';

/** The agent's TLS key and certificate, PEM, with what the manager pins. */
export interface KeyPair {
  readonly key: string;
  readonly certificate: string;
  /** SHA-256 of the certificate's DER, lower-case hex. */
  readonly fingerprint: string;
}

/**
 * Reads key and certificate from disk.
 *
 * @throws StartupError when one is missing, the key is accessible to others, or they do not belong
 * together.
 */
export function loadKeyPair(places: Places): KeyPair {
  const key = readPrivateFile(places.keyFile);
  const certificate = readCertificate(places.certificateFile);
  const parsed = parseCertificate(places.certificateFile, certificate);
  if (!parsed.checkPrivateKey(parsePrivateKey(places.keyFile, key))) {
    throw new StartupError(`${places.keyFile} does not belong to ${places.certificateFile}.`);
  }
  return { key, certificate, fingerprint: fingerprintOf(parsed) };
}

/**
 * Makes a key pair and a self-signed certificate unless a valid pair is there already. The private key
 * is written first, so a crash in between leaves a pair that does not match and is made anew.
 */
export function ensureKeyPair(places: Places): KeyPair & { readonly made: boolean } {
  try {
    return { ...loadKeyPair(places), made: false };
  } catch (error) {
    // Whatever is wrong with the pair, a new one is the remedy; the manager must pin it anew.
    if (!(error instanceof StartupError)) throw error;
  }
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = makeSelfSignedCertificate(privateKey, publicKey);
  mkdirSync(places.tlsDirectory, { recursive: true, mode: 0o700 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  writeFileDurably(places.keyFile, key, 0o600);
  writeFileDurably(places.certificateFile, pem('CERTIFICATE', der), 0o644);
  return { ...loadKeyPair(places), made: true };
}

/** Text form of DER (RFC 7468). */
export function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new StartupError(`${file} does not exist.`);
    throw new StartupError(`${file} cannot be read: ${messageOf(error)}.`);
  }
}

function parseCertificate(file: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    // OpenSSL's message says nothing a person could use.
    throw new StartupError(`${file} is not a PEM certificate.`);
  }
}

function parsePrivateKey(file: string, text: string) {
  try {
    return createPrivateKey(text);
  } catch {
    // OpenSSL's message says nothing a person could use.
    throw new StartupError(`${file} is not a PEM private key.`);
  }
}
