import type { KeyObject } from 'node:crypto';
import { randomBytes, sign } from 'node:crypto';
import {
  derBitString,
  derObjectIdentifier,
  derOctetString,
  derSequence,
  derSetOf,
  derTime,
  derTrue,
  derUnsignedInteger,
  derUtf8String,
  derValue,
} from './der.ts';

/** DNS name in every agent's certificate. What identifies an agent is its pinned fingerprint. */
export const CERTIFICATE_NAME = 'myx-agent';

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

/**
 * Makes a self-signed X.509 v3 certificate (RFC 5280) for a TLS server with an ECDSA P-256 key.
 *
 * It is valid from 2000 to the end of 9999, the date RFC 5280 section 4.1.2.5 gives to "no expiry": a
 * server whose clock is wrong must still be reachable, and trust comes from the pinned fingerprint.
 *
 * @returns the certificate in DER
 */
export function makeSelfSignedCertificate(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  const algorithm = derSequence(derObjectIdentifier(OID.ecdsaWithSha256));
  const name = derSequence(
    derSetOf(derSequence(derObjectIdentifier(OID.commonName), derUtf8String(CERTIFICATE_NAME))),
  );
  const toBeSigned = derSequence(
    derValue(0xa0, derUnsignedInteger(Buffer.from([2]))),
    derUnsignedInteger(randomBytes(16)),
    algorithm,
    name,
    derSequence(
      derTime(new Date('2000-01-01T00:00:00Z')),
      derTime(new Date('9999-12-31T23:59:59Z')),
    ),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    derValue(0xa3, extensions()),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  return derSequence(toBeSigned, algorithm, derBitString(signature));
}

function extensions(): Buffer {
  const digitalSignatureBit = Buffer.from([0x80]);
  return derSequence(
    extension(OID.basicConstraints, derSequence(), { critical: true }),
    extension(OID.keyUsage, derBitString(digitalSignatureBit, 7), { critical: true }),
    extension(OID.extendedKeyUsage, derSequence(derObjectIdentifier(OID.serverAuth))),
    extension(
      OID.subjectAltName,
      derSequence(derValue(0x82, Buffer.from(CERTIFICATE_NAME, 'latin1'))),
    ),
  );
}

function extension(oid: string, value: Buffer, { critical = false } = {}): Buffer {
  return derSequence(
    derObjectIdentifier(oid),
    ...(critical ? [derTrue()] : []),
    derOctetString(value),
  );
}
