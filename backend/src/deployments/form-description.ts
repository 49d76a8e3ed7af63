import { z } from 'zod';

/** A text in every language of the web UI. */
export const Localized = z
  .strictObject({ en: z.string().min(1), 'zh-CN': z.string().min(1) })
  .meta({ id: 'LocalizedText' });
export type Localized = z.infer<typeof Localized>;

/** How a field is entered. `group` holds fields, `list` holds items of fields or of one plain value. */
export const FORM_FIELD_TYPES = [
  'text',
  'number',
  'boolean',
  'select',
  'secret',
  'multiline',
  'code',
  'list',
  'group',
] as const;

/**
 * One field of a form. `path` is the dotted path of the value, relative to the group or item it is in
 * (`tls.mode`); the empty path in an `item` is the item itself, for lists of plain values.
 */
export const FormField = z
  .strictObject({
    path: z.string(),
    type: z.enum(FORM_FIELD_TYPES),
    label: Localized,
    help: Localized.optional(),
    required: z.boolean().optional(),
    default: z.unknown().optional(),
    options: z.array(z.strictObject({ value: z.string(), label: Localized })).optional(),
    language: z.enum(['caddyfile', 'json', 'yaml']).optional(),
    /** Fields of every item of a list. */
    get item() {
      return z.array(FormField).optional();
    },
    /** Fields of a group. */
    get fields() {
      return z.array(FormField).optional();
    },
    /** Shown only while the field at `path` (from the top of the form, or of its list item) has this value. */
    visible_when: z.strictObject({ path: z.string(), equals: z.unknown() }).optional(),
    /** Behind “more options”. */
    advanced: z.boolean().optional(),
  })
  .meta({ id: 'FormField' });
export type FormField = z.infer<typeof FormField>;

/** What drives a generic form for the configuration of a kind. */
export const FormDescription = z
  .strictObject({ fields: z.array(FormField) })
  .meta({ id: 'FormDescription' });
export type FormDescription = z.infer<typeof FormDescription>;
