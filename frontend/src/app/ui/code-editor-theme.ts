import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The editor in the colours of the tokens, which know light and dark by themselves. */
const SURFACE = EditorView.theme({
  '&': {
    height: '100%',
    maxHeight: 'inherit',
    color: 'var(--text)',
    backgroundColor: 'transparent',
    fontSize: 'var(--code-font, 12.5px)',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '20px', overflow: 'auto' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--text)' },
  '.cm-content:focus-visible': { outline: 'none' },
  '.cm-line': { padding: '0 12px 0 8px' },
  '.cm-gutters': {
    border: '0',
    color: 'var(--subtle)',
    backgroundColor: 'var(--surface)',
    fontVariantNumeric: 'tabular-nums',
  },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '34px', padding: '0 6px 0 10px' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'var(--hover)' },
  '.cm-activeLineGutter': { color: 'var(--text)', backgroundColor: 'transparent' },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--accent-soft)',
    outline: '1px solid var(--accent)',
  },
  '.cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket': {
    backgroundColor: 'var(--bad-soft)',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--warn)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--accent-soft)' },
  '.cm-specialChar': { color: 'var(--bad)' },
});

const MARKS = EditorView.theme({
  '.cm-gutter-lint': { width: '16px' },
  '.cm-gutter-lint .cm-gutterElement': { display: 'grid', placeItems: 'center', padding: '0' },
  '.cm-lint-marker': { width: '10px', height: '10px', borderRadius: '50%', content: 'none' },
  '.cm-lint-marker-error': { backgroundColor: 'var(--bad-fill)' },
  '.cm-lint-marker-warning': { borderRadius: '2px', backgroundColor: 'var(--warn-fill)' },
  '.cm-lintRange': {
    paddingBottom: '0',
    backgroundImage: 'none',
    textDecorationLine: 'underline',
    textDecorationStyle: 'wavy',
    textUnderlineOffset: '3px',
  },
  '.cm-lintRange-error': {
    backgroundColor: 'var(--bad-soft)',
    textDecorationColor: 'var(--bad)',
  },
  '.cm-lintRange-warning': {
    backgroundColor: 'var(--warn-soft)',
    textDecorationColor: 'var(--warn)',
  },
  '.cm-tooltip': {
    border: '0',
    borderRadius: 'var(--radius-m)',
    color: 'var(--text)',
    backgroundColor: 'var(--raised)',
    boxShadow: 'var(--shadow-pop)',
    maxWidth: 'min(520px, 90vw)',
    overflow: 'hidden',
  },
  '.cm-diagnostic': {
    padding: '8px 12px',
    fontFamily: 'var(--font-sans)',
    fontSize: '12px',
    lineHeight: '18px',
    overflowWrap: 'anywhere',
  },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad-fill)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--warn-fill)' },
});

const PANELS = EditorView.theme({
  '.cm-panels': { color: 'var(--text)', backgroundColor: 'var(--sunken)' },
  '.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-panel.cm-search': {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: '6px',
    padding: '8px 36px 8px 8px',
    fontFamily: 'var(--font-sans)',
    fontSize: '12px',
  },
  '.cm-panel.cm-search br': { display: 'none' },
  '.cm-panel.cm-search label': { display: 'inline-flex', alignItems: 'center', gap: '4px' },
  '.cm-panel.cm-search input[type=checkbox]': { margin: '0', accentColor: 'var(--accent-solid)' },
  '.cm-textfield, .cm-panel.cm-search .cm-textfield': {
    height: '28px',
    margin: '0',
    padding: '0 8px',
    border: '1px solid var(--control-line)',
    borderRadius: 'var(--radius-m)',
    color: 'var(--text)',
    backgroundColor: 'var(--surface)',
    fontSize: '12px',
  },
  '.cm-button, .cm-panel.cm-search .cm-button': {
    height: '28px',
    margin: '0',
    padding: '0 9px',
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    color: 'var(--text)',
    backgroundImage: 'none',
    backgroundColor: 'var(--surface)',
    fontSize: '12px',
  },
  '.cm-panel.cm-search [name=close]': {
    top: '8px',
    right: '8px',
    width: '28px',
    height: '28px',
    color: 'var(--muted)',
    fontSize: '16px',
  },
});

const COLORS = HighlightStyle.define([
  { tag: [tags.comment, tags.meta, tags.processingInstruction], color: 'var(--subtle)' },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: [tags.keyword, tags.operator], color: 'var(--accent)' },
  { tag: [tags.heading, tags.typeName], color: 'var(--text)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string), tags.attributeValue], color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--warn)' },
  { tag: [tags.variableName, tags.labelName], color: 'var(--info)' },
  { tag: [tags.punctuation, tags.bracket, tags.separator], color: 'var(--muted)' },
  { tag: tags.invalid, color: 'var(--bad)' },
]);

/** Look of the editor. */
export const CODE_THEME: Extension = [SURFACE, MARKS, PANELS, syntaxHighlighting(COLORS)];
