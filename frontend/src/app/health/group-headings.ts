import { inject } from '@angular/core';
import { I18n } from '../platform/i18n/i18n';
import { layerName } from '../operations/operation-words';
import type { StatusGroup } from '../servers/server-filter';
import type { BoardGroup, Grouping } from './board-groups';
import { STATE_LOOKS } from './board-words';

/** Says in words what the servers of a group have in common. */
export interface GroupHeadings {
  of(group: Pick<BoardGroup, 'value'>, grouping: Grouping): string;
}

/** Headings in the language on screen. In an injection context. */
export function groupHeadings(): GroupHeadings {
  const { t } = inject(I18n);
  return {
    of({ value }, grouping) {
      if (grouping === 'status') return t(STATE_LOOKS[(value ?? 'changing') as StatusGroup].label);
      if (grouping !== 'cause') {
        const label = grouping.slice('label:'.length);
        return value ?? t('board.withoutLabel', { label });
      }
      if (value === null) return t('board.noTrouble');
      const [layer = '', code = ''] = value.split('/');
      return t('board.causeGroup', {
        layer: layerName(t, layer),
        code: code.replaceAll('_', ' '),
      });
    },
  };
}
