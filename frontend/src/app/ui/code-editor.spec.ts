import { beforeEach, describe, expect, it } from '@jest/globals';
import { Component, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { ComponentFixture } from '@angular/core/testing';
import { EditorView } from '@codemirror/view';
import { CodeEditor } from './code-editor';
// With it: what the editor fetches as a chunk of its own is compiled before the clock of a test runs.
import './code-editor-engine';
import type { CodeDiagnostic } from './code-place';

@Component({
  selector: 'app-writing',
  imports: [CodeEditor],
  template: `<ui-code-editor
    language="yaml"
    label="Playbook"
    [readonly]="isRead()"
    [diagnostics]="wrong()"
    [(value)]="text"
  />`,
})
class Writing {
  readonly text = signal('- hosts: all\r\n');
  readonly isRead = signal(false);
  readonly wrong = signal<readonly CodeDiagnostic[]>([]);
}

describe('CodeEditor', () => {
  let fixture: ComponentFixture<Writing>;
  let content: HTMLElement;
  let view: EditorView;

  beforeEach(async () => {
    fixture = TestBed.createComponent(Writing);
    await fixture.whenStable();
    // The editor is a chunk of its own.
    await import('./code-editor-engine');
    await fixture.whenStable();
    content = (fixture.nativeElement as HTMLElement).querySelector<HTMLElement>('.cm-content')!;
    view = EditorView.findFromDOM(content)!;
  });

  it('has a name and says how to leave it', () => {
    const described = content.getAttribute('aria-describedby') ?? '';

    expect(content.getAttribute('aria-label')).toBe('Playbook');
    expect(document.getElementById(described)?.textContent).toMatch(/Escape/);
  });

  it('tells what is typed, and nothing before', () => {
    expect(fixture.componentInstance.text()).toBe('- hosts: all\r\n');

    view.dispatch({ changes: { from: 0, insert: '# one\n' } });

    expect(fixture.componentInstance.text()).toBe('# one\n- hosts: all\n');
  });

  it('shows a text that was given later', async () => {
    fixture.componentInstance.text.set('- hosts: localhost');
    await fixture.whenStable();

    expect(view.state.doc.toString()).toBe('- hosts: localhost');
  });

  it('marks what is wrong, until it is told that nothing is', async () => {
    fixture.componentInstance.wrong.set([{ line: 1, column: 10, message: 'not all' }]);
    await fixture.whenStable();
    expect(content.querySelector('.cm-lintRange-error')?.textContent).toBe('all');
    expect(content.getAttribute('aria-invalid')).toBe('true');

    fixture.componentInstance.wrong.set([]);
    await fixture.whenStable();
    expect(content.querySelector('.cm-lintRange-error')).toBeNull();
  });

  it('can be read only, and still be reached', async () => {
    fixture.componentInstance.isRead.set(true);
    await fixture.whenStable();

    expect(content.getAttribute('contenteditable')).toBe('false');
    expect(content.getAttribute('tabindex')).toBe('0');
    expect(content.getAttribute('aria-readonly')).toBe('true');
  });

  it('gives Tab back after Escape', () => {
    const press = (key: string, keyCode: number): boolean =>
      content.dispatchEvent(
        new KeyboardEvent('keydown', { key, keyCode, bubbles: true, cancelable: true }),
      );

    expect(press('Tab', 9)).toBe(false);
    press('Escape', 27);
    expect(press('Tab', 9)).toBe(true);
  });
});
