/** One text: plain, or one per plural category of the parameter `n`. */
export type Message = string | { readonly one?: string; readonly other: string };

/** Values for the `{names}` in a message. Numbers are formatted for the language. */
export type MessageParams = Readonly<Record<string, string | number>>;

/** The `{names}` in a literal message text. */
export type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

/** The literal text of a message that was declared `as const`. */
export type TextOf<M> = M extends string
  ? M
  : M extends { readonly other: infer Text extends string }
    ? Text
    : never;

/**
 * Picks the plural form by the parameter `n` and fills in the `{names}`. A name without a value is
 * left as it is, so that a mistake can be seen.
 */
export function formatMessage(
  message: Message,
  params: MessageParams,
  plural: Intl.PluralRules,
  number: Intl.NumberFormat,
): string {
  const text = typeof message === 'string' ? message : pluralForm(message, params.n, plural);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? number.format(value) : value;
  });
}

function pluralForm(
  message: Exclude<Message, string>,
  n: string | number | undefined,
  plural: Intl.PluralRules,
): string {
  const isOne = typeof n === 'number' && plural.select(n) === 'one';
  return isOne ? (message.one ?? message.other) : message.other;
}
