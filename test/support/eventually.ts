/**
 * Asks `probe` until it answers something other than undefined.
 *
 * @throws Error naming `what` when `deadlineMs` have passed, with the last failure as its cause.
 */
export async function eventually<Result>(
  what: string,
  probe: () => Promise<Result | undefined>,
  { deadlineMs = 60_000, everyMs = 100 } = {},
): Promise<Result> {
  const deadline = Date.now() + deadlineMs;
  let failure: unknown;
  while (Date.now() < deadline) {
    try {
      const result = await probe();
      if (result !== undefined) return result;
      failure = undefined;
    } catch (error) {
      // Any failure may be temporary while waiting; the last one becomes the cause below.
      failure = error;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`did not happen in ${deadlineMs} ms: ${what}`, { cause: failure });
}
