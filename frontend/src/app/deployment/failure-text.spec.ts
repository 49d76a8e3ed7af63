import { describe, expect, it } from '@jest/globals';
import { failureText } from './failure-text';

describe('failureText', () => {
  it('puts the words of the journal apart from the reason', () => {
    const message =
      'port 443 does not listen\nJournal of myx-xray.service:\nstarting\nfailed to listen';

    expect(failureText(message)).toEqual({
      reason: 'port 443 does not listen',
      source: 'myx-xray.service',
      lines: 'starting\nfailed to listen',
    });
  });

  it('puts what a program says below its first sentence', () => {
    expect(failureText('xray refuses it (exit 23)\nFailed to start: main\n')).toEqual({
      reason: 'xray refuses it (exit 23)',
      source: null,
      lines: 'Failed to start: main',
    });
  });

  it('leaves a sentence as it is', () => {
    expect(failureText('The server is offline.')).toEqual({
      reason: 'The server is offline.',
      source: null,
      lines: '',
    });
  });
});
