import fc from 'fast-check';
import {
  AuthUsername,
  CaddyText,
  FolderPath,
  HeaderName,
  PathPattern,
  RedirectTarget,
  SiteHost,
  Upstream,
} from '../../backend/src/kinds/caddy/caddy-text.ts';

/** The texts that people may write into a configuration of Caddy's sites. */
interface Texts {
  readonly host: string;
  readonly header: string;
  readonly value: string;
  readonly body: string;
  readonly target: string;
  readonly from: string;
  readonly path: string;
  readonly root: string;
  readonly upstream: string;
  readonly username: string;
}

/** Texts that mean nothing special to anybody. */
export const TAME: Texts = {
  host: 'tame.test',
  header: 'X-Tame',
  value: 'tame',
  body: 'tame',
  target: '/tame',
  from: '/tame-from',
  path: '/tame-path',
  root: '/srv/tame',
  upstream: '127.0.0.1:3000',
  username: 'tame',
};

const SCHEMAS: Record<keyof Texts, { safeParse: (text: string) => { success: boolean } }> = {
  host: SiteHost,
  header: HeaderName,
  value: CaddyText,
  body: CaddyText,
  target: RedirectTarget,
  from: PathPattern,
  path: PathPattern,
  root: FolderPath,
  upstream: Upstream,
  username: AuthUsername,
};

/** Pieces that mean something to Caddy's lexer, parser or placeholders. */
const PIECES = [
  ...[
    '{',
    '}',
    '{$',
    '{$HOME}',
    '{env.HOME}',
    '{host}',
    '{uri}',
    '{path}',
    '\\{',
    '\\',
    '\\\\',
    '"',
    '\\"',
  ],
  ...[
    '`',
    '\n',
    '\r\n',
    '\t',
    ' ',
    '#',
    ' # ',
    '<<EOF',
    '@m',
    '*',
    '/',
    '//',
    ',',
    ';',
    ':',
    '..',
    '-',
    '+',
  ],
  ...[
    'import',
    'respond',
    'handle',
    'file_server',
    'defer',
    '}\nrespond x',
    '\u2028',
    '\0',
    'é',
    '%',
    '?',
  ],
] as const;

const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((pieces) => pieces.join(''));

/** Something hostile that still looks like what the field wants at its beginning. */
function lookingLike(field: keyof Texts): fc.Arbitrary<string> {
  const start = { target: '/', from: '/', path: '/', root: '/' }[field as string] ?? '';
  return fc.oneof(
    hostileText,
    hostileText.map((text) => `${start}${text}`),
    hostileText.map((text) => `${TAME[field]}${text}`),
  );
}

/** Texts of which each is as hostile as its schema lets through. */
export const hostileTexts: fc.Arbitrary<Texts> = fc
  .record(
    Object.fromEntries(
      (Object.keys(TAME) as (keyof Texts)[]).map((field) => [field, lookingLike(field)]),
    ) as Record<keyof Texts, fc.Arbitrary<string>>,
  )
  .map(
    (texts) =>
      Object.fromEntries(
        (Object.keys(TAME) as (keyof Texts)[]).map((field) => [
          field,
          SCHEMAS[field].safeParse(texts[field]).success ? texts[field] : TAME[field],
        ]),
      ) as unknown as Texts,
  );

/** A configuration with every kind of directive, made of some texts. */
export function configWith(texts: Texts): unknown {
  const common = { headers: [{ name: texts.header, value: texts.value || 'x' }] };
  return {
    mode: 'sites',
    sites: [
      {
        ...common,
        hosts: [texts.host],
        tls: { mode: 'internal' },
        basic_auth: [{ username: texts.username, password: 'correct horse' }],
        redirects: [{ from: texts.from, to: texts.target }],
        routes: [
          {
            type: 'reverse_proxy',
            path: texts.path,
            upstreams: [texts.upstream],
            health: { path: texts.from },
            request_headers: [{ name: texts.header, value: texts.value || 'x' }],
          },
          { type: 'folder', path: '/folder/*', root: texts.root, single_page: true },
          { type: 'respond', body: texts.body },
        ],
      },
      {
        ...common,
        hosts: [],
        tls: { mode: 'off' },
        routes: [{ type: 'page', content: texts.body || 'x' }],
      },
    ],
  };
}
