import { describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { I18n } from '../platform/i18n/i18n';
import { runStateText } from './run-state-text';

describe('runStateText', () => {
  const { t } = TestBed.inject(I18n);

  it('says nothing of failures that are not there', () => {
    expect(runStateText({ total: 2, ended: 2, failed: 0, cancelled: 0 }, t)).toBe(
      '2 of 2 servers ended',
    );
  });

  it('counts what failed and what was cancelled apart', () => {
    expect(runStateText({ total: 4, ended: 3, failed: 1, cancelled: 2 }, t)).toBe(
      '3 of 4 servers ended · 1 did not succeed · 2 were cancelled',
    );
  });

  it('speaks of one in the singular', () => {
    expect(runStateText({ total: 1, ended: 1, failed: 0, cancelled: 1 }, t)).toBe(
      '1 of 1 server ended · 1 was cancelled',
    );
  });
});
