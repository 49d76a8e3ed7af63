import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';

const HOST_KEY_ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const satisfies readonly ServerHostKeyAlgorithm[];

/**
 * All that is negotiated, strongest first. Left out on purpose although the library has it: key
 * exchanges and signatures on SHA-1, SHA-1 and MD5 authentication codes, CBC and RC4 ciphers, DSA keys,
 * and compression (a small packet could unpack to a large one).
 */
const ALGORITHMS = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group14-sha256',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ],
  hmac: [
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha2-512-etm@openssh.com',
    'hmac-sha2-256',
    'hmac-sha2-512',
  ],
  compress: ['none'],
} as const satisfies Algorithms;

/** The key exchange methods that are offered. */
export const KEY_EXCHANGE_METHODS: readonly string[] = ALGORITHMS.kex;

/**
 * The type of key behind a host key algorithm: an RSA key (`ssh-rsa`) signs by rsa-sha2-512 and -256,
 * for the others the two names are one (RFC 8332, section 3).
 */
function hostKeyType(algorithm: string): string {
  return algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm;
}

/** The key types that can be verified and that the host offers, in the order they are asked for. */
export function commonHostKeyTypes(offered: readonly string[]): readonly string[] {
  return [
    ...new Set(HOST_KEY_ALGORITHMS.filter((name) => offered.includes(name)).map(hostKeyType)),
  ];
}

/**
 * The algorithms for one connection, as ssh2 takes them.
 *
 * @param preferredKeyType The type of host key to ask for first: the host presents a key of this type
 *   if it has one.
 */
export function algorithmsFor(preferredKeyType?: string): Algorithms {
  const isPreferred = (name: string): boolean => hostKeyType(name) === preferredKeyType;
  return {
    kex: [...ALGORITHMS.kex],
    cipher: [...ALGORITHMS.cipher],
    hmac: [...ALGORITHMS.hmac],
    compress: [...ALGORITHMS.compress],
    serverHostKey: [
      ...HOST_KEY_ALGORITHMS.filter(isPreferred),
      ...HOST_KEY_ALGORITHMS.filter((name) => !isPreferred(name)),
    ],
  };
}
