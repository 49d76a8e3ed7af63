/** One thing that is wrong with the configuration. Names a key, variable or file, never a value. */
export interface ConfigProblem {
  /** The key, option, variable or file the problem is about. */
  readonly name: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** The configuration cannot be used. Carries every problem found, so that one round of fixing is enough. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(
      [
        'The configuration has problems:',
        ...problems.map(({ name, message }) => `  ${name}: ${message}`),
      ].join('\n'),
    );
    this.problems = problems;
  }
}
