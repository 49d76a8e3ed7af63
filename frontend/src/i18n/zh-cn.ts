import type { Dictionary } from './en';
import { accessZhCn } from './zh-cn/access';
import { adminZhCn } from './zh-cn/admin';
import { boardZhCn } from './zh-cn/board';
import { deploymentZhCn } from './zh-cn/deployment';
import { deploymentsZhCn } from './zh-cn/deployments';
import { operateZhCn } from './zh-cn/operate';
import { operationTypesZhCn } from './zh-cn/operation-types';
import { playbookRunsZhCn } from './zh-cn/playbook-runs';
import { editorZhCn } from './zh-cn/editor';
import { playbooksZhCn } from './zh-cn/playbooks';
import { shellZhCn } from './zh-cn/shell';
import { statusZhCn } from './zh-cn/status';
import { serversZhCn } from './zh-cn/servers';
import { addServerZhCn } from './zh-cn/add-server';
import { serverZhCn } from './zh-cn/server';
import { uiZhCn } from './zh-cn/ui';
import { workZhCn } from './zh-cn/work';
import { xrayZhCn } from './zh-cn/xray';

export { managerWordsZhCn } from './zh-cn/manager-words';

/** Every text in Simplified Chinese. */
export const zhCn: Dictionary = {
  ...uiZhCn,
  ...editorZhCn,
  ...statusZhCn,
  ...shellZhCn,
  ...accessZhCn,
  ...adminZhCn,
  ...boardZhCn,
  ...deploymentsZhCn,
  ...operateZhCn,
  ...workZhCn,
  ...operationTypesZhCn,
  ...playbookRunsZhCn,
  ...playbooksZhCn,
  ...serversZhCn,
  ...addServerZhCn,
  ...serverZhCn,
  ...deploymentZhCn,
  ...xrayZhCn,
};
