/** Injection token of the parsed {@link ManagerConfig}. */
export const MANAGER_CONFIG = Symbol('MANAGER_CONFIG');
