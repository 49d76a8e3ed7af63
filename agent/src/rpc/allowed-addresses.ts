import { BlockList, isIPv6 } from 'node:net';

/**
 * The addresses that may connect at all. Without a list every address may; the other checks remain.
 */
export class AllowedAddresses {
  readonly #networks: BlockList | undefined;

  /** @param networks addresses or networks in CIDR notation, as the contract's `allowed_ips` */
  constructor(networks: readonly string[] | undefined) {
    if (networks === undefined) return;
    this.#networks = new BlockList();
    for (const network of networks) {
      const [address = '', prefix] = network.split('/');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      const bits = prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix);
      this.#networks.addSubnet(address, bits, family);
    }
  }

  /** Whether `address`, as a socket tells it, is allowed. */
  has(address: string): boolean {
    if (this.#networks === undefined) return true;
    const plain = plainAddress(address);
    return this.#networks.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  }
}

/** An IPv4 address mapped into IPv6 (RFC 4291, 2.5.5.2) as plain IPv4; any other address unchanged. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
