import { describe, expect, it } from '@jest/globals';
import type { MessageParams } from '../platform/i18n/message';
import type { Translate } from '../platform/i18n/i18n';
import { noteText } from './note-text';

const t = ((key: string, params?: MessageParams) =>
  `${key} ${String(params?.name)}`) as unknown as Translate;

describe('noteText', () => {
  it('has words for what the manager notes by itself', () => {
    expect(noteText(t, 'Client “Ada’s “old” phone” added')).toBe(
      'xray.noteAdded Ada’s “old” phone',
    );
    expect(noteText(t, 'Client “x” changed')).toBe('xray.noteChanged x');
    expect(noteText(t, 'Client “x” removed')).toBe('xray.noteRemoved x');
  });

  it('leaves what somebody wrote', () => {
    expect(noteText(t, 'Client asked for it')).toBe('Client asked for it');
  });
});
