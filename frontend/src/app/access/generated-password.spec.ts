import { expect, it } from '@jest/globals';
import { generatePassword } from './generated-password';

it('is long, has no look-alikes, and is another every time', () => {
  const passwords = Array.from({ length: 200 }, () => generatePassword());

  expect(new Set(passwords).size).toBe(200);
  for (const password of passwords) expect(password).toMatch(/^[a-km-zA-HJ-NP-Z2-9]{20}$/);
});

it('leaves out bytes that would favour some letters', () => {
  let call = 0;
  const password = generatePassword((bytes) => {
    call += 1;
    return bytes.fill(call === 1 ? 255 : 0);
  });

  expect(password).toBe('a'.repeat(20));
  expect(call).toBe(2);
});
