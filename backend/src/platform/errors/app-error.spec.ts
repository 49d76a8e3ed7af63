import { describe, expect, it } from '@jest/globals';
import { AppError, defineError, errorCatalogue } from './app-error.js';

describe('defineError', () => {
  const teapot = defineError({ name: 'spec_teapot', code: 9901, status: 418, title: 'A teapot' });

  it('refuses a name that is taken', () => {
    expect(() => defineError({ ...teapot, code: 9902 })).toThrow('clashes with spec_teapot');
  });

  it('refuses a code that is taken', () => {
    expect(() => defineError({ ...teapot, name: 'spec_other' })).toThrow(
      'clashes with spec_teapot',
    );
  });

  it('lists what was declared', () => {
    expect(errorCatalogue()).toContain(teapot);
  });

  it('tells occurrences apart', () => {
    const error = new AppError(teapot, 'Short and stout.', { handle: 'here' });

    expect(error.is(teapot)).toBe(true);
    expect(error.message).toBe('Short and stout.');
    expect(error.facts).toEqual({ handle: 'here' });
  });
});
