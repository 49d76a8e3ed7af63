import { Injectable, computed, effect, inject, signal } from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { Title } from '@angular/platform-browser';
import { TitleStrategy } from '@angular/router';
import type { RouterStateSnapshot } from '@angular/router';
import type { PlainKey } from '../../../i18n/en';
import { I18n } from '../i18n/i18n';

/** One step of the path to a page. */
export interface Crumb {
  readonly label: string;
  /** Absent on the page itself. */
  readonly link?: string;
}

/** What a page tells about itself beyond its route: the name of the object it shows. */
interface Subject {
  readonly url: string;
  readonly name: string;
}

/**
 * Title of the browser tab and breadcrumbs. Routes name themselves by a dictionary key in `data.title`;
 * a page about one object adds its name with {@link nameSubject}.
 */
@Injectable({ providedIn: 'root' })
export class PageTitle extends TitleStrategy {
  private readonly title = inject(Title);
  private readonly document = inject(DOCUMENT);
  private readonly i18n = inject(I18n);
  private readonly trail = signal<readonly { key: PlainKey; link: string }[]>([]);
  private readonly url = signal('');
  private readonly subject = signal<Subject | null>(null);
  private readonly problems = signal(0);

  readonly crumbs = computed<readonly Crumb[]>(() => {
    const trail = this.trail().map(({ key, link }) => ({ label: this.i18n.t(key), link }));
    const subject = this.subject();
    const named = subject && isWithin(this.url(), subject.url) ? [{ label: subject.name }] : [];
    const all: Crumb[] = [...trail, ...named];
    return all.map((crumb, index) => (index === all.length - 1 ? { label: crumb.label } : crumb));
  });

  constructor() {
    super();
    effect(() => {
      const count = this.problems();
      const names = this.crumbs().map(({ label }) => label);
      this.title.setTitle(
        `${count > 0 ? `(${String(count)}) ` : ''}${[...names.reverse(), 'MyX'].join(' · ')}`,
      );
      this.document
        .querySelector('link[rel="icon"]')
        ?.setAttribute('href', count > 0 ? '/favicon-alert.svg' : '/favicon.svg');
    });
  }

  override updateTitle(snapshot: RouterStateSnapshot): void {
    const trail: { key: PlainKey; link: string }[] = [];
    let link = '';
    let part = snapshot.root.firstChild;
    while (part) {
      link = [link, ...part.url.map(({ path }) => path)].join('/');
      const key = part.data.title as PlainKey | undefined;
      if (key !== undefined && trail.at(-1)?.key !== key) trail.push({ key, link });
      part = part.firstChild;
    }
    this.trail.set(trail);
    this.url.set(withoutQuery(snapshot.url));
  }

  /** Names the object that the pages at `url` and below are about, such as a server. */
  nameSubject(url: string, name: string): void {
    this.subject.set({ url: withoutQuery(url), name });
  }

  /** Servers in trouble: told in the tab's title and icon, so that it is seen from another tab. */
  showProblems(count: number): void {
    this.problems.set(count);
  }
}

function isWithin(url: string, parent: string): boolean {
  return url === parent || url.startsWith(`${parent}/`);
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '');
}
