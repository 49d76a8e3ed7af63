import { Injectable, computed, inject, signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { createPlaybook } from '../platform/api/generated/fn/playbooks/create-playbook';
import { updatePlaybook } from '../platform/api/generated/fn/playbooks/update-playbook';
import type { PlaybookDetails } from '../platform/api/generated/models/playbook-details';
import type { PlaybookVersion } from '../platform/api/generated/models/playbook-version';
import type { PlaybookVariableInput } from '../platform/api/generated/models/playbook-variable-input';
import { NEW_PLAYBOOK, headerOf } from './playbook-header';
import { draftOf, problemOf, requestOf } from './variable-draft';
import type { VariableDraft } from './variable-draft';

const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}$/;

/** What the draft was when it was loaded or saved last. */
interface Origin {
  /** Null until it is saved for the first time. */
  readonly id: string | null;
  readonly version: number;
  readonly name: string;
  readonly description: string;
  readonly content: string;
}

/** Everything that can be typed. */
interface Typed {
  readonly name: string;
  readonly description: string;
  readonly content: string;
  readonly note: string;
  readonly variables: readonly VariableDraft[];
}

const NOTHING: Origin = { id: null, version: 0, name: '', description: '', content: NEW_PLAYBOOK };

/** A playbook while it is edited: what was typed, what is saved, and what has to be saved. */
@Injectable()
export class PlaybookDraft {
  private readonly api = inject(Api);
  private readonly origin = signal<Origin>(NOTHING);
  private readonly touched = signal(false);
  private readonly variableDrafts = signal<readonly VariableDraft[]>([]);

  readonly name = signal('');
  readonly description = signal('');
  readonly content = signal(NEW_PLAYBOOK);
  readonly note = signal('');
  readonly variables = this.variableDrafts.asReadonly();

  readonly id = computed(() => this.origin().id);
  readonly baseVersion = computed(() => this.origin().version);
  readonly hasUnsaved = computed(() => {
    const { name, description, content } = this.origin();
    return (
      this.touched() ||
      this.name().trim() !== name ||
      this.description().trim() !== description ||
      this.content() !== content
    );
  });
  readonly isNameWrong = computed(() => !NAME.test(this.name().trim()));
  readonly variableProblems = computed(() => {
    const all = this.variableDrafts();
    return new Map(all.map((draft) => [draft.key, problemOf(draft, all)]));
  });
  readonly isWrong = computed(
    () =>
      this.isNameWrong() ||
      [...this.variableProblems().values()].some((problem) => problem !== null),
  );
  /**
   * The variables to save. None are told while they may come from the comment above the plays: that is
   * read by the manager.
   */
  private readonly declared = computed<readonly PlaybookVariableInput[] | undefined>(() => {
    const { id, content } = this.origin();
    const isOfComment = id === null || headerOf(this.content()) !== headerOf(content);
    return !this.touched() && isOfComment ? undefined : this.variableDrafts().map(requestOf);
  });

  /** Starts with what is saved. */
  load({ id, name, description, latest }: PlaybookDetails): void {
    const { content, version, variables } = latest;
    this.origin.set({ id, version, name, description, content });
    this.name.set(name);
    this.description.set(description);
    this.content.set(content);
    this.variableDrafts.set(variables.map(draftOf));
    this.touched.set(false);
    this.note.set('');
  }

  /** Puts text and variables of another version in, which is then to be saved. */
  take({ content, variables }: Pick<PlaybookVersion, 'content' | 'variables'>): void {
    this.content.set(content);
    this.edit(variables.map(draftOf));
  }

  /** Starts a new one with the text of another, under a name of its own. */
  copy({ name, description, source }: PlaybookDetails, version: PlaybookVersion): void {
    const { content } = version;
    this.origin.set({ ...NOTHING, content, name: `${name}-copy`, description });
    this.name.set(`${name}-copy`);
    this.description.set(description);
    this.content.set(content);
    // Secrets stay where they are.
    const drafts = version.variables.map(draftOf);
    this.variableDrafts.set(
      drafts.map((draft) => (draft.secret ? { ...draft, stored: null } : draft)),
    );
    // Those of a playbook that comes with MyX are in its comment, which is copied too.
    this.touched.set(source === 'own' && drafts.length > 0);
  }

  edit(variables: readonly VariableDraft[]): void {
    this.variableDrafts.set(variables);
    this.touched.set(true);
  }

  /** Saves it: a text or variables that are new become a new version. @throws Problem */
  async save(): Promise<PlaybookDetails> {
    const { id, version } = this.origin();
    const sent = this.typed();
    const variables = this.declared();
    const common = {
      name: this.name().trim(),
      content: this.content(),
      note: this.note().trim(),
      ...(variables === undefined ? {} : { variables: [...variables] }),
    };
    const description = this.description().trim();
    const saved = await (id === null
      ? this.api.invoke(createPlaybook, {
          body: { ...common, ...(description === '' ? {} : { description }) },
        })
      : this.api.invoke(updatePlaybook, {
          id,
          body: { ...common, description, base_version: version },
        }));
    this.takeOver(saved, sent);
    return saved;
  }

  /** Starts with what is saved, but for what was typed since it was sent. */
  private takeOver(saved: PlaybookDetails, sent: Typed): void {
    const now = this.typed();
    this.load(saved);
    if (now.name !== sent.name) this.name.set(now.name);
    if (now.description !== sent.description) this.description.set(now.description);
    if (now.content !== sent.content) this.content.set(now.content);
    if (now.note !== sent.note) this.note.set(now.note);
    if (now.variables !== sent.variables) this.edit(now.variables);
  }

  private typed(): Typed {
    return {
      name: this.name(),
      description: this.description(),
      content: this.content(),
      note: this.note(),
      variables: this.variableDrafts(),
    };
  }
}
