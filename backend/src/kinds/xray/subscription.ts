import type { ClientLink } from './share-links.js';
import { clientConfigFor } from './xray-client-config.js';

/** Forms of a subscription: a base64 list of links, the links as text, or Xray configurations. */
export const SUBSCRIPTION_FORMATS = ['base64', 'links', 'xray-json'] as const;
export type SubscriptionFormat = (typeof SUBSCRIPTION_FORMATS)[number];

/** What the request says about the program that asks. */
export interface SubscriptionRequest {
  /** `?format=`; wins when it is a known one. */
  readonly format?: string | undefined;
  readonly accept?: string | undefined;
  readonly userAgent?: string | undefined;
}

/** Facts that client programs show beside the links. */
export interface SubscriptionFacts {
  /** What the program calls the subscription. */
  readonly title: string;
  /** Bytes since the client was added. */
  readonly uploadBytes: number;
  readonly downloadBytes: number;
}

/** An answer to be sent as it is. */
export interface SubscriptionAnswer {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Programs that take a list of whole Xray configurations, with the first version that does. */
const JSON_PROGRAMS: readonly (readonly [name: string, since: string])[] = [
  ['happ', '0'],
  ['streisand', '0'],
  ['v2rayng', '1.8.29'],
  ['v2rayn', '6.40'],
];

const UPDATE_HOURS = 12;

/** The form for a program: what it asks for, else what its name is known to read, else base64. */
export function subscriptionFormat(request: SubscriptionRequest): SubscriptionFormat {
  const { format, accept = '', userAgent = '' } = request;
  const asked = SUBSCRIPTION_FORMATS.find((known) => known === format);
  if (asked !== undefined) return asked;
  const types = accept.split(',').map((part) => part.split(';', 1)[0]?.trim().toLowerCase());
  if (types.includes('text/html')) return 'links';
  if (types.includes('application/json')) return 'xray-json';
  return readsJson(userAgent) ? 'xray-json' : 'base64';
}

/** The answer to a program that fetches a subscription. */
export function subscriptionAnswer(
  links: readonly ClientLink[],
  facts: SubscriptionFacts,
  format: SubscriptionFormat,
): SubscriptionAnswer {
  const { uploadBytes, downloadBytes, title } = facts;
  const isJson = format === 'xray-json';
  return {
    body: bodyOf(links, format),
    headers: {
      'content-type': isJson ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8',
      // The whole answer is a secret: no proxy and no browser keeps it.
      'cache-control': 'no-store',
      'subscription-userinfo': `upload=${uploadBytes}; download=${downloadBytes}; total=0; expire=0`,
      'profile-title': `base64:${Buffer.from(title).toString('base64')}`,
      'profile-update-interval': String(UPDATE_HOURS),
      // Programs take the name of a file for the name of the profile; a browser shall show the text.
      ...(format === 'links'
        ? {}
        : { 'content-disposition': `attachment; filename*=UTF-8''${fileName(title)}` }),
    },
  };
}

function bodyOf(links: readonly ClientLink[], format: SubscriptionFormat): string {
  const list = links.map(({ url }) => `${url}\n`).join('');
  switch (format) {
    case 'base64':
      return Buffer.from(list).toString('base64');
    case 'links':
      return list;
    case 'xray-json':
      return JSON.stringify(
        links.map(({ link }) => clientConfigFor(link)),
        null,
        2,
      );
  }
}

function readsJson(userAgent: string): boolean {
  const [name = '', version = '0'] = (userAgent.split(' ', 1)[0] ?? '').toLowerCase().split('/');
  const since = JSON_PROGRAMS.find(([program]) => program === name)?.[1];
  return since !== undefined && isNotOlder(version, since);
}

function isNotOlder(version: string, since: string): boolean {
  const numbers = (text: string): number[] => text.split('.').map((part) => Number.parseInt(part));
  const wanted = numbers(since);
  const given = numbers(version);
  for (const [index, number] of wanted.entries()) {
    const other = given[index] ?? 0;
    if (!(other === number)) return other > number;
  }
  return true;
}

/** RFC 8187 leaves fewer characters as they are than encodeURIComponent does. */
function fileName(title: string): string {
  return encodeURIComponent(title).replaceAll(
    /['()*!]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
