import { createHash } from 'node:crypto';

/**
 * SHA-256 (hex) of a request in canonical form: JSON without white space, keys in code unit order (as in
 * RFC 8785, section 3.2.3). Equal for requests that ask for the same, whatever their key order.
 */
export function requestDigest(params: object): string {
  return createHash('sha256').update(canonicalJson(params)).digest('hex');
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
