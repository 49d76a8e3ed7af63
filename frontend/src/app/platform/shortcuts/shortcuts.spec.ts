import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { JumpKeys } from './jump-keys';
import { matchScore } from './rank';
import { Shortcuts } from './shortcuts';

describe('JumpKeys', () => {
  it('completes a pair in time, the pair first', () => {
    const keys = new JumpKeys();

    expect(keys.press('g', 0)).toEqual(['g']);
    expect(keys.press('s', 1200)).toEqual(['g s', 's']);
  });

  it('forgets the first key after a while, and after a reset', () => {
    const keys = new JumpKeys();
    keys.press('g', 0);
    expect(keys.press('s', 1300)).toEqual(['s']);

    keys.press('g', 2000);
    keys.reset();
    expect(keys.press('s', 2001)).toEqual(['s']);
  });
});

describe('matchScore', () => {
  it('prefers the start, then a word, then anywhere, then letters in order', () => {
    const scores = ['web-1', 'old web', 'cobweb', 'w-e-b', 'db'].map((name) =>
      matchScore(name, 'web'),
    );

    expect(scores).toEqual([4, 3, 2, 0.5, 0]);
  });

  it('takes everything for an empty query', () => {
    expect(matchScore('anything', '  ')).toBe(1);
  });
});

describe('Shortcuts', () => {
  let shortcuts: Shortcuts;
  let run: jest.Mock<() => void>;
  const press = (
    key: string,
    init: KeyboardEventInit = {},
    target: EventTarget = document,
  ): void => {
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...init }));
  };

  beforeEach(() => {
    document.body.replaceChildren();
    shortcuts = TestBed.inject(Shortcuts);
    run = jest.fn<() => void>();
  });

  afterEach(() => {
    document.body.replaceChildren();
  });

  it('runs keys, pairs and combinations', () => {
    shortcuts.register({ keys: '?', label: 'shortcuts.help', run });
    shortcuts.register({ keys: 'g s', label: 'nav.servers', run });
    shortcuts.register({ keys: 'mod+k', label: 'shortcuts.palette', run });

    press('?');
    press('g');
    press('s');
    press('k', { ctrlKey: true });
    press('K', { metaKey: true });

    expect(run).toHaveBeenCalledTimes(4);
  });

  it.each(['input', 'textarea', 'select'])('leaves letters typed into a %s alone', (tag) => {
    const element = document.createElement(tag);
    document.body.append(element);
    shortcuts.register({ keys: '/', label: 'shortcuts.search', run });
    shortcuts.register({ keys: 'mod+k', label: 'shortcuts.palette', run });

    press('/', {}, element);
    expect(run).not.toHaveBeenCalled();
    press('k', { ctrlKey: true }, element);

    expect(run).toHaveBeenCalledTimes(1);
  });

  it('leaves letters alone while a dialog is open', () => {
    const dialog = document.createElement('div');
    dialog.setAttribute('aria-modal', 'true');
    document.body.append(dialog);
    shortcuts.register({ keys: '/', label: 'shortcuts.search', run });

    press('/');

    expect(run).not.toHaveBeenCalled();
  });

  it('gives the latest of two the keys until it leaves', () => {
    const later = jest.fn<() => void>();
    shortcuts.register({ keys: '/', label: 'shortcuts.search', run });
    const unregister = shortcuts.register({ keys: '/', label: 'shortcuts.search', run: later });

    press('/');
    unregister();
    press('/');

    expect(later).toHaveBeenCalledTimes(1);
    expect(run).toHaveBeenCalledTimes(1);
  });
});
