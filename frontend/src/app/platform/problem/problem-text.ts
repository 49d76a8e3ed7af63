import type { Translate } from '../i18n/i18n';
import { managerWord } from '../i18n/manager-words';
import { toProblem } from './parse-problem';

/** Title and detail of a failure, for people. */
export interface ProblemText {
  readonly title: string;
  readonly detail: string;
}

/**
 * Says what went wrong: in the language on screen where the console itself knows it, else in the words of
 * the manager.
 */
export function problemText(error: unknown, t: Translate): ProblemText {
  const problem = toProblem(error);
  switch (problem.name) {
    case 'manager_unreachable':
      return { title: t('error.unreachable.title'), detail: t('error.unreachable.detail') };
    case 'unexpected_answer':
      return {
        title: t('error.unexpected.title'),
        detail: t('error.unexpected.detail', { status: String(problem.status) }),
      };
    case 'console_error':
      return { title: t('error.console.title'), detail: problem.detail };
    default:
      return {
        title: managerWord(`problem.${problem.name}`) ?? problem.title,
        detail: problem.detail,
      };
  }
}
