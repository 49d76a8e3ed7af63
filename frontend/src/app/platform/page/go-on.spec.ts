import { describe, expect, it } from '@jest/globals';
import { Component, Injectable, inject } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router, provideRouter } from '@angular/router';
import { injectGoOn } from './go-on';

@Injectable()
class Store {
  readonly goOn = injectGoOn();
}

@Component({ selector: 'app-page', template: '' })
class Elsewhere {}

@Component({ selector: 'app-page', template: '', providers: [Store] })
class Page {
  readonly store = inject(Store);
}

describe('going on', () => {
  function setUp() {
    TestBed.configureTestingModule({
      providers: [provideRouter([{ path: 'there', component: Elsewhere }])],
    });
    const fixture = TestBed.createComponent(Page);
    return { fixture, goOn: fixture.componentInstance.store.goOn, router: TestBed.inject(Router) };
  }

  it('leads from the page that asked', async () => {
    const { goOn, router } = setUp();

    expect(await goOn(['/there'])).toBe(true);
    expect(router.url).toBe('/there');
  });

  it('leads nobody away who has left that page', async () => {
    const { fixture, goOn, router } = setUp();

    fixture.destroy();

    expect(await goOn(['/there'])).toBe(false);
    expect(router.url).toBe('/');
  });
});
