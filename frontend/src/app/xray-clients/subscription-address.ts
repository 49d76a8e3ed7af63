const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;
const EVERYWHERE = ['0.0.0.0', '[::]'];

/** Whether an address of the manager leads nowhere from other machines: it was never told its public one. */
export function reachesOnlyHere(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return LOOPBACK.test(hostname) || EVERYWHERE.includes(hostname);
}
