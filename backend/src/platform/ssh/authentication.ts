import type { AnyAuthMethod, ParsedKey, Prompt } from 'ssh2';
import { printable, sshError } from './ssh-errors.js';
import type { SshError } from './ssh-errors.js';

/** A proof of identity that is ready to be used. */
export type ReadyCredential =
  | { readonly type: 'password'; readonly password: string }
  | { readonly type: 'private_key'; readonly key: ParsedKey };

/**
 * Decides, method by method, how one login authenticates (RFC 4252). Asks for the host's methods first,
 * by a request without any credential, and then uses only those that the host offers. A password goes
 * by the `password` method or else by keyboard-interactive, never by both: the second refusal would
 * only bring the login nearer to being locked.
 */
export class Authenticator {
  /** The methods that the host accepts, once it said so. */
  offered: readonly string[] | undefined;
  /** What a person must know when authentication cannot go on, beyond "it was refused". */
  #obstacle: SshError | undefined;
  #hasTried = false;
  #passwordGiven = false;

  constructor(
    private readonly username: string,
    private readonly credential: ReadyCredential,
  ) {}

  /** The next method to try, false when there is none. */
  next(
    methodsLeft: readonly string[] | null,
    partialSuccess: boolean | null,
  ): AnyAuthMethod | false {
    if (methodsLeft === null) return { type: 'none', username: this.username };
    this.offered ??= methodsLeft;
    if (partialSuccess) {
      this.#obstacle ??= sshError(
        'authentication',
        'second_factor_required',
        `The host wants a further proof after the first one (${printable(methodsLeft.join(', '))}). Logins with a second factor are not supported; use a login without one.`,
      );
    }
    if (this.#obstacle || this.#hasTried) return false;
    const method = this.#methods().find(({ type }) => methodsLeft.includes(type));
    this.#hasTried = method !== undefined;
    return method ?? false;
  }

  /** Why the host did not let the login in. */
  failure(): SshError {
    if (this.#obstacle) return this.#obstacle;
    const offered = (this.offered ?? []).map(printable).join(', ');
    if (!this.#hasTried) {
      const wanted = this.credential.type === 'private_key' ? 'a private key' : 'a password';
      return sshError(
        'authentication',
        'method_not_offered',
        `The host does not accept ${wanted}; it offers: ${offered || 'nothing'}. Use another kind of credential or change sshd's configuration.`,
      );
    }
    return this.#refused();
  }

  #refused(): SshError {
    const offered = (this.offered ?? []).map(printable).join(', ');
    const [proof, check] =
      this.credential.type === 'private_key'
        ? ['private key', "that its public key is in the login's authorized_keys, and"]
        : ['password', 'the password, and'];
    return sshError(
      'authentication',
      'authentication_failed',
      `The host refused the ${proof} of ${this.username}. Check ${check} that the login exists and may log in this way. The host offers: ${offered}.`,
    );
  }

  #methods(): AnyAuthMethod[] {
    const { username, credential } = this;
    if (credential.type === 'private_key')
      return [{ type: 'publickey', username, key: credential.key }];
    return [
      { type: 'password', username, password: credential.password },
      {
        type: 'keyboard-interactive',
        username,
        prompt: (_name, _instructions, _language, prompts, finish) => {
          finish(this.#answers(prompts, credential.password));
        },
      },
    ];
  }

  /** The password for one hidden prompt, once. Anything else cannot be answered and gets nothing. */
  #answers(prompts: readonly Prompt[], password: string): string[] {
    const [first] = prompts;
    const asksForNew = prompts.some(({ prompt }) => /new .*password/i.test(prompt));
    if (asksForNew || /current .*password/i.test(first?.prompt ?? '')) {
      this.#obstacle ??= passwordExpired();
    } else if (this.#passwordGiven && /password/i.test(first?.prompt ?? '')) {
      this.#obstacle ??= this.#refused();
    } else if (prompts.length !== 1 || first?.echo || this.#passwordGiven) {
      this.#obstacle ??= sshError(
        'authentication',
        'interactive_prompt',
        `The host asks something other than the password: ${printable(first?.prompt ?? '')} Such logins are not supported; use a login without a second factor.`,
      );
    }
    if (this.#obstacle) return prompts.map(() => '');
    this.#passwordGiven = true;
    return [password];
  }
}

/** The host lets nobody in before the password is changed. */
export function passwordExpired(): SshError {
  return sshError(
    'authentication',
    'password_expired',
    'The password has expired: the host wants a new one. Log in by hand once and change it.',
  );
}
