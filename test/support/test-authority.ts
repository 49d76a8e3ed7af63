import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const openssl = (args: readonly string[]): Promise<unknown> => promisify(execFile)('openssl', args);

/** A private key and certificate, both PEM. */
export interface Credentials {
  readonly key: string;
  readonly certificate: string;
}

/** A certificate authority for tests, made with the openssl program. */
export class TestAuthority {
  readonly certificate: string;
  readonly #directory: string;
  #issued = 0;

  private constructor(directory: string, certificate: string) {
    this.#directory = directory;
    this.certificate = certificate;
  }

  /** Makes an authority. Two with the same name differ only in their keys. */
  static async create(name = 'MyX test authority'): Promise<TestAuthority> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'myx-authority-'));
    const at = (file: string): string => path.join(directory, file);
    const subject = ['-subj', `/CN=${name}`, '-days', '30'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const out = ['-keyout', at('ca.key'), '-out', at('ca.crt')];
    await openssl(['req', '-x509', ...key, ...out, ...subject]);
    return new TestAuthority(directory, await readFile(at('ca.crt'), 'utf8'));
  }

  /** Issues a certificate with one extended key usage (RFC 5280, 4.2.1.12). */
  async issue(
    name = 'manager',
    usage: 'clientAuth' | 'serverAuth' = 'clientAuth',
  ): Promise<Credentials> {
    this.#issued += 1;
    const at = (file: string): string => path.join(this.#directory, `${this.#issued}.${file}`);
    const authority = path.join(this.#directory, 'ca');
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const out = ['-keyout', at('key'), '-out', at('csr')];
    await openssl(['req', ...key, ...out, '-subj', `/CN=${name}`]);
    await writeFile(at('ext'), `extendedKeyUsage=${usage}\n`);
    const signer = ['-CA', `${authority}.crt`, '-CAkey', `${authority}.key`, '-CAcreateserial'];
    const files = ['-in', at('csr'), '-out', at('crt'), '-extfile', at('ext'), '-days', '30'];
    await openssl(['x509', '-req', ...signer, ...files]);
    return {
      key: await readFile(at('key'), 'utf8'),
      certificate: await readFile(at('crt'), 'utf8'),
    };
  }

  /** Removes its files; what was issued stays usable. */
  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }
}
