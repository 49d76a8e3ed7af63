/** What a check of `myx doctor` found. */
export interface Finding {
  readonly status: 'ok' | 'warn' | 'fail';
  /** What was checked, a word or two. */
  readonly name: string;
  readonly message: string;
  /** What to do about it; absent when there is nothing to do. */
  readonly remedy?: string;
}

/** Everything is as it should be. */
export function ok(name: string, message: string): Finding {
  return { status: 'ok', name, message };
}

/** The manager works, but something should be looked at. */
export function warn(name: string, message: string, remedy: string): Finding {
  return { status: 'warn', name, message, remedy };
}

/** The manager does not work like this. */
export function fail(name: string, message: string, remedy: string): Finding {
  return { status: 'fail', name, message, remedy };
}

/** Runs a check; one that breaks is a finding itself. */
export async function attempt(
  name: string,
  check: () => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return [await check()].flat();
  } catch (error) {
    // Whatever it is, the other checks still have something to tell.
    const message = error instanceof Error ? error.message : String(error);
    return [fail(name, message, 'See the message; the check could not be completed.')];
  }
}

/** The code of a system error such as ENOENT, or undefined. */
export function errorCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : undefined;
}
