export { CertificateAuthority } from './certificate-authority.js';
export type { CertificateWithKey } from './certificate-authority.js';
export { InstallationKeys1795200001000 } from './installation-keys.migration.js';
export { Keyring } from './keyring.js';
export type { KeyringSettings } from './keyring.js';
export { MasterKey } from './master-key.js';
export { SecretBox, SecretBoxError } from './secret-box.js';
export type { SecretPlace } from './secret-box.js';

export { Secret } from './secret.js';
export { randomToken, sha256, sha256Hex } from './tokens.js';
