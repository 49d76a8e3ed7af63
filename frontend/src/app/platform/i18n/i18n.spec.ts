import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { I18n } from './i18n';

describe('I18n', () => {
  beforeEach(() => {
    localStorage.clear();
    document.documentElement.lang = 'en';
  });

  it('starts in the language of the page', async () => {
    document.documentElement.lang = 'zh-CN';
    const i18n = TestBed.inject(I18n);

    await i18n.start();

    expect(i18n.language()).toBe('zh-CN');
    expect(i18n.t('ui.cancel')).toBe('取消');
    expect(localStorage.getItem('myx.language')).toBeNull();
  });

  it('remembers a chosen language, which goes before that of the page', async () => {
    await TestBed.inject(I18n).use('zh-CN');
    TestBed.resetTestingModule();
    document.documentElement.lang = 'en';

    const next = TestBed.inject(I18n);
    await next.start();

    expect(next.language()).toBe('zh-CN');
  });

  it('falls back to English for a language it does not speak', async () => {
    document.documentElement.lang = 'nb';
    const i18n = TestBed.inject(I18n);

    await i18n.start();

    expect(i18n.language()).toBe('en');
    expect(document.documentElement.lang).toBe('en');
  });
});
