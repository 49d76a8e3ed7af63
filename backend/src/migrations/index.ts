import type { MixedList } from 'typeorm';
import { InstallationKeys1795200001000 } from '../platform/crypto/index.js';
import { Audit1795200001010 } from './20261120T2010-audit.js';
import { Auth1795200001020 } from './20261120T2020-auth.js';
import { Credentials1795200001030 } from './20261120T2030-credentials.js';
import { Servers1795200001040 } from './20261120T2100-servers.js';
import { Agents1795200001050 } from './20261120T2120-agents.js';
import { Operations1795200001060 } from './20261120T2110-operations.js';
import { Commands1795200001070 } from './20261120T2140-commands.js';
import { Health1795200001080 } from './20261120T2150-health.js';
import { Batches1795300001000 } from './20261121T1500-batches.js';
import { Playbooks1795300001010 } from './20261121T1510-playbooks.js';
import { Deployments1795300001020 } from './20261121T1520-deployments.js';
import { Xray1795300001030 } from './20261121T1530-xray.js';
import { Samples1795300001040 } from './20261121T1900-samples.js';

/** Every migration, oldest first. Forward only; one intention each. */
export const MIGRATIONS = [
  InstallationKeys1795200001000,
  Audit1795200001010,
  Auth1795200001020,
  Credentials1795200001030,
  Servers1795200001040,
  Agents1795200001050,
  Operations1795200001060,
  Commands1795200001070,
  Health1795200001080,
  Batches1795300001000,
  Playbooks1795300001010,
  Deployments1795300001020,
  Xray1795300001030,
  Samples1795300001040,
] satisfies MixedList<unknown>;
