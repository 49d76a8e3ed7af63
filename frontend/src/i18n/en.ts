import type { Message, NamesIn, TextOf } from '../app/platform/i18n/message';
import { accessEn } from './en/access';
import { adminEn } from './en/admin';
import { boardEn } from './en/board';
import { deploymentEn } from './en/deployment';
import { deploymentsEn } from './en/deployments';
import { operateEn } from './en/operate';
import { operationTypesEn } from './en/operation-types';
import { playbookRunsEn } from './en/playbook-runs';
import { editorEn } from './en/editor';
import { playbooksEn } from './en/playbooks';
import { shellEn } from './en/shell';
import { statusEn } from './en/status';
import { serversEn } from './en/servers';
import { addServerEn } from './en/add-server';
import { serverEn } from './en/server';
import { uiEn } from './en/ui';
import { workEn } from './en/work';
import { xrayEn } from './en/xray';

/** Every text in English. The keys of all languages come from here. */
export const en = {
  ...uiEn,
  ...editorEn,
  ...statusEn,
  ...shellEn,
  ...accessEn,
  ...adminEn,
  ...boardEn,
  ...deploymentsEn,
  ...operateEn,
  ...workEn,
  ...operationTypesEn,
  ...playbookRunsEn,
  ...playbooksEn,
  ...serversEn,
  ...addServerEn,
  ...serverEn,
  ...deploymentEn,
  ...xrayEn,
} as const;

/** Name of a text. */
export type Key = keyof typeof en;

/** A language: a text for every key. */
export type Dictionary = Readonly<Record<Key, Message>>;

/** The part of a language that translates one area. */
export type Translation<Area> = { readonly [K in keyof Area]: Message };

/** The arguments a key takes: an object with the names in its English text, or nothing. */
export type ParamsOf<K extends Key> = [NamesIn<TextOf<(typeof en)[K]>>] extends [never]
  ? []
  : [params: Readonly<Record<NamesIn<TextOf<(typeof en)[K]>>, string | number>>];

/** Name of a text that takes no arguments, for tables of labels. */
export type PlainKey = { [K in Key]: ParamsOf<K> extends [] ? K : never }[Key];
