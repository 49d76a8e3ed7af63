import { describe, expect, it } from '@jest/globals';
import { en } from '../../i18n/en';
import { formatMessage } from '../platform/i18n/message';
import type { Translate } from '../platform/i18n/i18n';
import { differenceText } from './difference-text';

const t: Translate = (key, ...params) =>
  formatMessage(en[key], params[0] ?? {}, new Intl.PluralRules('en'), new Intl.NumberFormat('en'));

function said(message: string): string {
  return differenceText(t, { what: 'file', name: '/etc/x', message });
}

describe('differenceText', () => {
  it.each([
    ['is gone', en['drift.gone']],
    ['was changed', en['drift.changed']],
    ['does not start with the server any more', en['drift.disabled']],
  ])('%s has words of its own', (message, text) => {
    expect(said(message)).toBe(text);
  });

  it('keeps what differs', () => {
    expect(said('has the mode 0644 instead of 0600')).toContain('0644');
    expect(said('belongs to root:root instead of myx-xray:myx-xray')).toContain(
      'myx-xray:myx-xray',
    );
    expect(said('tells Xray 26.2.4 instead of Xray 26.3.27')).toContain('Xray 26.2.4');
    expect(said('is failed')).toContain('failed');
  });

  it('shows what it does not know as the manager says it', () => {
    expect(said('hums a tune')).toBe('hums a tune');
  });
});
