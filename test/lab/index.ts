/** The lab: real Debian hosts on this machine, for tests. See README.md. */
export { Lab } from './lab.ts';
export { LabHost } from './lab-host.ts';
export { diffSnapshots } from './file-snapshot.ts';

/** @public */
export type { EncryptedLabKey, LabKey, LabUsers } from './accounts.ts';
/** @public */
export type { ExecOptions } from './boot.ts';
/** @public */
export type { FileSnapshot, SnapshotDifference } from './file-snapshot.ts';
/** @public */
export type { HostProcess } from './host-processes.ts';
/** @public */
export type { LabOptions } from './lab.ts';
/** @public */
export type { WriteOptions } from './lab-host.ts';
/** @public */
export type { HostOptions } from './lab-state.ts';
/** @public */
export type { BlockKind, CutKind } from './network-faults.ts';
/** @public */
export type { Outcome } from './run-program.ts';
/** @public */
export type { SshLogin } from './ssh-client.ts';
