import type { PlainKey } from '../../i18n/en';
import type { StatusGroup } from '../servers/server-filter';
import type { IconName } from '../ui/icons';
import type { Tone } from '../ui/status';

/** How a state of servers is shown: never by colour alone. */
export interface StateLook {
  readonly label: PlainKey;
  readonly icon: IconName;
  readonly tone: Tone;
  /** Drawn on a small tile; empty where everything is well. */
  readonly glyph: string;
}

/** The states as the board shows them. */
export const STATE_LOOKS: Readonly<Record<StatusGroup, StateLook>> = {
  online: { label: 'board.online', icon: 'circle-check', tone: 'ok', glyph: '' },
  degraded: { label: 'board.degraded', icon: 'warning', tone: 'warn', glyph: '!' },
  offline: { label: 'board.offline', icon: 'octagon-x', tone: 'bad', glyph: '×' },
  attention: { label: 'board.attention', icon: 'shield-alert', tone: 'bad', glyph: '?' },
  changing: { label: 'board.changing', icon: 'circle-dashed', tone: 'idle', glyph: '–' },
};
