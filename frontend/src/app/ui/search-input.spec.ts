import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import type { ComponentFixture } from '@angular/core/testing';
import { SearchInput } from './search-input';

describe('SearchInput', () => {
  let fixture: ComponentFixture<SearchInput>;
  let told: string[];

  beforeEach(() => {
    fixture = TestBed.createComponent(SearchInput);
    fixture.componentRef.setInput('label', 'Search');
    told = [];
    fixture.componentInstance.value.subscribe((value) => told.push(value));
    TestBed.tick();
  });

  const field = (): HTMLInputElement => {
    const input = (fixture.nativeElement as HTMLElement).querySelector('input');
    if (!input) throw new Error('there is no input');
    return input;
  };
  const type = (text: string): void => {
    field().value += text;
    field().dispatchEvent(new Event('input'));
    TestBed.tick();
  };
  const putIn = (value: string): void => {
    fixture.componentRef.setInput('value', value);
    TestBed.tick();
  };

  it('keeps what is typed when what was typed before comes back from the address', () => {
    type('w');
    type('e');
    putIn('w');
    expect(field().value).toBe('we');
    type('b');
    putIn('we');
    putIn('web');

    expect(field().value).toBe('web');
    expect(told).toEqual(['w', 'we', 'web']);
  });

  it('takes what the address says otherwise, and also again once it was left', () => {
    type('w');
    putIn('db');
    expect(field().value).toBe('db');

    field().dispatchEvent(new Event('blur'));
    putIn('w');
    expect(field().value).toBe('w');
  });
});
