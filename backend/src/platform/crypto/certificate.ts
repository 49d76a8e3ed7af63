import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import forge from 'node-forge';

const { asn1, pki } = forge;
const { Class, Type } = asn1;

/** ecdsa-with-SHA256 (RFC 5758, section 3.2). */
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';
/** From this year on, dates are written with four digits (RFC 5280, section 4.1.2.5). */
const FIRST_GENERALIZED_YEAR = 2050;

/** What a certificate says, apart from keys. */
export interface CertificateContent {
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** In node-forge's words, filled in by it. */
  readonly extensions: readonly Record<string, unknown>[];
}

/** Whose key is certified, and by whose key. */
export interface CertificateKeys {
  /** P-256 public key of the subject. */
  readonly subject: KeyObject;
  /** P-256 private key of the issuer; the subject's own for a self-signed certificate. */
  readonly issuer: KeyObject;
}

/**
 * Issues an X.509 version 3 certificate (RFC 5280) and gives it as PEM. node-forge encodes it but knows no
 * elliptic curves, so keys and the ECDSA signature are node:crypto's. Nothing here verifies: that is
 * OpenSSL's, through node:tls.
 */
export function issueCertificate(content: CertificateContent, keys: CertificateKeys): string {
  const signed = encodeContent(content, keys);
  const signature = sign('sha256', Buffer.from(asn1.toDer(signed).getBytes(), 'binary'), {
    key: keys.issuer,
    dsaEncoding: 'der',
  });
  const certificate = sequence([signed, signatureAlgorithm(), bitString(signature)]);
  return pem('CERTIFICATE', Buffer.from(asn1.toDer(certificate).getBytes(), 'binary'));
}

function encodeContent(content: CertificateContent, keys: CertificateKeys): forge.asn1.Asn1 {
  const publicKey = keys.subject.export({ type: 'spki', format: 'der' });
  return sequence([
    tagged(0, [integer(Buffer.from([2]))]),
    integer(serialNumber()),
    signatureAlgorithm(),
    distinguishedName(content.issuer),
    sequence([time(content.notBefore), time(content.notAfter)]),
    distinguishedName(content.subject),
    asn1.fromDer(publicKey.toString('binary')),
    extensions(content, keys),
  ]);
}

function extensions(content: CertificateContent, keys: CertificateKeys): forge.asn1.Asn1 {
  const builder = pki.createCertificate();
  builder.setExtensions([
    ...content.extensions,
    {
      id: SUBJECT_KEY_IDENTIFIER,
      value: der(
        asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, keyIdentifier(keys.subject)),
      ),
    },
    {
      id: AUTHORITY_KEY_IDENTIFIER,
      value: der(sequence([tagged(0, keyIdentifier(createPublicKey(keys.issuer)))])),
    },
  ]);
  const encoded = builder.extensions.map((extension) =>
    // The types of node-forge leave this function out.
    (pki as unknown as ForgeEncoders).certificateExtensionToAsn1(extension),
  );
  return tagged(3, [sequence(encoded)]);
}

interface ForgeEncoders {
  certificateExtensionToAsn1(extension: unknown): forge.asn1.Asn1;
}

/** 127 random bits, positive and never short (RFC 5280, section 4.1.2.2). */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

/** Method 1 of RFC 5280, section 4.2.1.2, with SHA-256 cut to its length (RFC 7093). */
function keyIdentifier(key: KeyObject): string {
  const spki = key.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest().subarray(0, 20).toString('binary');
}

function distinguishedName(commonName: string): forge.asn1.Asn1 {
  const builder = pki.createCertificate();
  builder.setSubject([{ name: 'commonName', value: commonName }]);
  return pki.distinguishedNameToAsn1(builder.subject);
}

function time(date: Date): forge.asn1.Asn1 {
  return date.getUTCFullYear() < FIRST_GENERALIZED_YEAR
    ? asn1.create(Class.UNIVERSAL, Type.UTCTIME, false, asn1.dateToUtcTime(date))
    : asn1.create(Class.UNIVERSAL, Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(date));
}

function signatureAlgorithm(): forge.asn1.Asn1 {
  const oid = asn1.oidToDer(ECDSA_WITH_SHA256).getBytes();
  return sequence([asn1.create(Class.UNIVERSAL, Type.OID, false, oid)]);
}

function sequence(parts: forge.asn1.Asn1[]): forge.asn1.Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, parts);
}

/** Context-specific tags are numbers like the types are, and node-forge has only names for them. */
const TAGS = { 0: Type.NONE, 3: Type.BITSTRING } as const;

function tagged(tag: keyof typeof TAGS, content: string | forge.asn1.Asn1[]): forge.asn1.Asn1 {
  return asn1.create(Class.CONTEXT_SPECIFIC, TAGS[tag], typeof content !== 'string', content);
}

function integer(bytes: Buffer): forge.asn1.Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.INTEGER, false, bytes.toString('binary'));
}

/** A bit string starts with the number of unused bits in its last byte. */
function bitString(bytes: Buffer): forge.asn1.Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.BITSTRING, false, `\0${bytes.toString('binary')}`);
}

function der(node: forge.asn1.Asn1): string {
  return asn1.toDer(node).getBytes();
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
