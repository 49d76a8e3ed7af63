/** No letters or digits that look like others: it may be read aloud. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LENGTH = 20;

/**
 * A password nobody has to think up: about 115 bits, from the browser's own randomness. Every letter is as
 * likely as any other.
 */
export function generatePassword(random: (bytes: Uint8Array) => Uint8Array = fill): string {
  const limit = 256 - (256 % ALPHABET.length);
  let password = '';
  while (password.length < LENGTH) {
    for (const byte of random(new Uint8Array(LENGTH))) {
      // Bytes beyond the last whole multiple would make the first letters likelier.
      if (byte < limit && password.length < LENGTH)
        password += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return password;
}

function fill(bytes: Uint8Array): Uint8Array {
  return crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>);
}
