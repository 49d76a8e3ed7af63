import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate with its key, both PEM, and its SHA-256 fingerprint in lower-case hex. */
export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly fingerprint: string;
}

/** How a certificate of {@link makeCertificate} is made. */
export interface TestCertificateOptions {
  readonly commonName: string;
  /** Who signs it; absent: its own key. */
  readonly issuer?: TestCertificate;
  readonly isCa?: boolean;
  readonly extendedKeyUsage?: 'clientAuth' | 'serverAuth';
  /** Days it is valid from now on; below 0: it has expired. */
  readonly days?: number;
}

/** Makes a real ECDSA P-256 certificate with the `openssl` program, for tests over real TLS. */
export function makeCertificate(options: TestCertificateOptions): TestCertificate {
  const directory = mkdtempSync(join(tmpdir(), 'myx-certificate-'));
  const at = (name: string): string => join(directory, name);
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  try {
    const { commonName, issuer, days = 30 } = options;
    writeFileSync(at('extensions'), extensions(options));
    if (issuer) {
      writeFileSync(at('ca.crt'), issuer.certificate);
      writeFileSync(at('ca.key'), issuer.key);
    }
    const signer = issuer ? ['-CA', at('ca.crt'), '-CAkey', at('ca.key')] : ['-signkey', at('key')];
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', at('key'));
    openssl('req', '-new', '-key', at('key'), '-subj', `/CN=${commonName}`, '-out', at('csr'));
    const common = ['-in', at('csr'), '-extfile', at('extensions'), '-days', String(days)];
    openssl('x509', '-req', ...common, ...signer, '-out', at('crt'));
    const certificate = readFileSync(at('crt'), 'utf8');
    const { raw } = new X509Certificate(certificate);
    const fingerprint = createHash('sha256').update(raw).digest('hex');
    return { certificate, key: readFileSync(at('key'), 'utf8'), fingerprint };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function extensions({ isCa, extendedKeyUsage }: TestCertificateOptions): string {
  const lines = [`basicConstraints = critical, CA:${isCa === true ? 'TRUE' : 'FALSE'}`];
  if (isCa === true) lines.push('keyUsage = critical, keyCertSign');
  if (extendedKeyUsage) lines.push(`extendedKeyUsage = ${extendedKeyUsage}`);
  return `${lines.join('\n')}\n`;
}
