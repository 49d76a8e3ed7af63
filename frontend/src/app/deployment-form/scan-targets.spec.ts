import { describe, expect, it } from '@jest/globals';
import { targetsIn } from './scan-targets';

describe('targetsIn', () => {
  it('reads hosts and addresses however they are separated, each once', () => {
    expect(
      targetsIn('www.example.com, https://www.example.org/path\nwww.example.com a.example:8443'),
    ).toEqual(['www.example.com', 'www.example.org', 'a.example:8443']);
    expect(targetsIn('  ')).toEqual([]);
  });
});
