import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import { StreamLanguage, bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { lintGutter, nextDiagnostic, previousDiagnostic, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Annotation, Compartment, EditorState } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import {
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { ViewUpdate } from '@codemirror/view';
import { CADDYFILE_MODE } from './caddyfile-mode';
import { CODE_THEME } from './code-editor-theme';
import { rangeAt } from './code-place';
import type { CodeDiagnostic, CodeLanguage, CodePlace } from './code-place';

/** What may change while the editor is open. */
export interface CodeSettings {
  readonly language: CodeLanguage;
  readonly readonly: boolean;
  /** Accessible name. */
  readonly label: string;
  /** Id of the text that explains its keys. */
  readonly describedBy: string | null;
  readonly isInvalid: boolean;
  /** CodeMirror's own words in the language on screen. */
  readonly phrases: Readonly<Record<string, string>>;
}

/** What the editor tells. */
export interface CodeEvents {
  /** Somebody typed. */
  readonly changed: (text: string) => void;
  readonly moved: (place: CodePlace) => void;
  readonly left: () => void;
}

/** CodeMirror behind a small face. */
export interface CodeEngine {
  readonly setText: (text: string) => void;
  readonly setDiagnostics: (diagnostics: readonly CodeDiagnostic[]) => void;
  readonly configure: (settings: CodeSettings) => void;
  /** Brings a place into view, with the cursor and the focus. */
  readonly reveal: (place: CodePlace) => void;
  readonly focus: () => void;
  readonly close: () => void;
}

/** Marks changes that came from the program. */
const given = Annotation.define<true>();

const UNIT: Readonly<Record<CodeLanguage, string>> = {
  yaml: '  ',
  json: '  ',
  caddyfile: '\t',
  text: '  ',
};

/** Opens an editor in `host`. */
export function openCodeEngine(
  host: HTMLElement,
  text: string,
  settings: CodeSettings,
  events: CodeEvents,
): CodeEngine {
  const changing = new Compartment();
  const view = new EditorView({
    parent: host,
    state: EditorState.create({
      doc: text,
      extensions: [lasting(events), changing.of(changeable(settings))],
    }),
  });
  return {
    setText: (next) => {
      replaceText(view, next);
    },
    setDiagnostics: (diagnostics) => {
      mark(view, diagnostics);
    },
    configure: (next) => {
      view.dispatch({ effects: changing.reconfigure(changeable(next)) });
    },
    reveal: (place) => {
      const { from } = rangeAt(view.state.doc, place);
      view.dispatch({
        selection: { anchor: from },
        effects: EditorView.scrollIntoView(from, { y: 'center' }),
      });
      view.focus();
    },
    focus: () => {
      view.focus();
    },
    close: () => {
      view.destroy();
    },
  };
}

function lasting(events: CodeEvents): Extension {
  return [
    lineNumbers(),
    lintGutter(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    highlightSelectionMatches(),
    history(),
    indentOnInput(),
    bracketMatching(),
    search({ top: true }),
    CODE_THEME,
    keymap.of([
      { key: 'F8', run: nextDiagnostic },
      { key: 'Shift-F8', run: previousDiagnostic },
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
    EditorView.domEventHandlers({
      keydown: leaveByEscape,
      blur: (_event, view) => {
        view.setTabFocusMode(false);
        events.left();
      },
    }),
    EditorView.updateListener.of((update) => {
      tell(update, events);
    }),
  ];
}

function changeable(settings: CodeSettings): Extension {
  const { language, readonly, label, describedBy, isInvalid, phrases } = settings;
  return [
    languageOf(language),
    indentUnit.of(UNIT[language]),
    EditorState.tabSize.of(language === 'caddyfile' ? 4 : 2),
    EditorState.readOnly.of(readonly),
    EditorView.editable.of(!readonly),
    EditorState.phrases.of(phrases),
    EditorView.contentAttributes.of({
      'aria-label': label,
      'aria-readonly': String(readonly),
      tabindex: '0',
      ...(describedBy === null ? {} : { 'aria-describedby': describedBy }),
      ...(isInvalid ? { 'aria-invalid': 'true' } : {}),
    }),
  ];
}

function languageOf(language: CodeLanguage): Extension {
  switch (language) {
    case 'yaml':
      return yaml();
    case 'json':
      return json();
    case 'caddyfile':
      return StreamLanguage.define(CADDYFILE_MODE);
    case 'text':
      return [];
  }
}

/** Tab indents, so there has to be another way out: after Escape it moves the focus again. */
function leaveByEscape(event: KeyboardEvent, view: EditorView): boolean {
  if (event.key === 'Escape') {
    view.setTabFocusMode(true);
    // A dialog around the editor stays open.
    event.stopPropagation();
  } else if (!['Tab', 'Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) {
    view.setTabFocusMode(false);
  }
  return false;
}

function tell(update: ViewUpdate, { changed, moved }: CodeEvents): void {
  const { state } = update;
  const isGiven = update.transactions.some((transaction) => transaction.annotation(given));
  if (update.docChanged && !isGiven) changed(state.doc.toString());
  if (update.docChanged || update.selectionSet) {
    const { head } = state.selection.main;
    const line = state.doc.lineAt(head);
    moved({ line: line.number, column: head - line.from + 1 });
  }
}

function replaceText(view: EditorView, text: string): void {
  const { doc } = view.state;
  const next = view.state.toText(text);
  if (next.eq(doc)) return;
  view.dispatch({
    changes: { from: 0, to: doc.length, insert: next },
    annotations: given.of(true),
  });
}

function mark(view: EditorView, diagnostics: readonly CodeDiagnostic[]): void {
  const { doc } = view.state;
  const marks = diagnostics
    .map((diagnostic) => ({
      ...rangeAt(doc, diagnostic),
      severity: diagnostic.severity ?? ('error' as const),
      message: diagnostic.message,
    }))
    .sort((a, b) => a.from - b.from);
  view.dispatch(setDiagnostics(view.state, marks));
}
