import type { FieldTree } from '@angular/forms/signals';

/** After a form was refused: brings the focus to the first control with an error. */
export function focusFirstError(form: FieldTree<unknown>): void {
  const [first] = form().errorSummary();
  first?.fieldTree().focusBoundControl();
}
