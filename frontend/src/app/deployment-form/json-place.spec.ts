import { describe, expect, it } from '@jest/globals';
import { jsonProblem } from './json-place';

describe('jsonProblem', () => {
  it('finds nothing wrong with JSON, or with nothing', () => {
    expect(jsonProblem('[{"tag": "a"}]')).toBeNull();
    expect(jsonProblem(' ')).toBeNull();
  });

  it('tells the line of what is wrong, also where that is the end', () => {
    expect(jsonProblem('[\n  {"tag" "a"}\n]')?.line).toBe(2);
    expect(jsonProblem('[\n  1')?.line).toBe(2);
  });
});
