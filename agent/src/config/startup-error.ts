/** Exit status for a configuration error (`EX_CONFIG` of sysexits.h(3head)). */
export const EXIT_CONFIG = 78;

/** Exit status for a wrong command line (`EX_USAGE` of sysexits.h(3head)). */
export const EXIT_USAGE = 64;

/** A reason not to start that the administrator can act on. Ends the process with `exitCode`. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT_CONFIG) {
    super(message);
    this.exitCode = exitCode;
  }
}
