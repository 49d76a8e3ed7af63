import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { configWith, hostileTexts, TAME } from '../../../../test/support/hostile-caddy-config.ts';
import { CaddyConfig } from './caddy-config.js';
import type { SitesConfig } from './caddy-config.js';
import { generateCaddyfile } from './caddyfile.js';

const parts = {
  hashOf: () => '$2a$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234',
  certificateFiles: () => ({ certificate: '/c.crt', key: '/c.key' }),
  pageFile: () => '/pages/x.html',
};

function generated(config: unknown): string {
  return generateCaddyfile(CaddyConfig.parse(config) as SitesConfig, parts);
}

/** Caddy's lexer: its tokens by line, with how each is quoted. */
function lexed(text: string): { text: string; quote: string }[][] {
  const lines: { text: string; quote: string }[][] = [];
  let line: { text: string; quote: string }[] = [];
  let position = 0;
  while (position < text.length) {
    const char = text.charAt(position);
    if (char === '\n') {
      if (line.length > 0) lines.push(line);
      line = [];
      position += 1;
    } else if (/\s/.test(char)) {
      position += 1;
    } else if (char === '#') {
      while (position < text.length && text.charAt(position) !== '\n') position += 1;
    } else if (char === '`' || char === '"') {
      const end = text.indexOf(char, position + 1);
      line.push({ text: text.slice(position + 1, end), quote: char });
      position = end + 1;
    } else {
      const word = /^\S+/.exec(text.slice(position))?.[0] ?? '';
      line.push({ text: word, quote: '' });
      position += word.length;
    }
  }
  return lines;
}

/** What a Caddyfile does, without the texts in it. Routes are sorted by their paths. */
function structure(text: string, username: string): string[] {
  const lines = lexed(text).map((line) => {
    const first = line[0]?.text ?? '';
    // The one text that stands at the beginning of a line, where Caddy knows a single word.
    const isLogin = line.length === 2 && line[1]?.quote === '`' && first === username;
    const word = isLogin && first !== 'import' ? 'LOGIN' : first;
    const directive = /^(?:LOGIN|[a-z_]+)$/.test(word) ? word : '';
    const shape = line.map(({ quote }) => (quote === '' ? 'w' : 'q')).join('');
    return `${directive} ${shape} ${String(line.at(-1)?.text === '{')}`;
  });
  return lines.sort();
}

function withTexts(texts: Partial<typeof TAME>): string {
  return generated(configWith({ ...TAME, ...texts }));
}

describe('generateCaddyfile', () => {
  it('writes sites, their options and redirects to https', () => {
    const text = generated({
      mode: 'sites',
      email: 'ops@example.org',
      sites: [
        {
          hosts: ['Example.org', 'www.example.org'],
          tls: { mode: 'automatic' },
          redirects: [{ from: '/old', to: 'https://example.com{uri}', permanent: true }],
          headers: [
            { name: 'X-Frame-Options', value: 'DENY' },
            { name: 'Server', action: 'remove' },
          ],
          routes: [
            { type: 'folder', root: '/srv/www' },
            {
              type: 'reverse_proxy',
              path: '/api/*',
              strip_prefix: true,
              upstreams: ['127.0.0.1:3000'],
            },
          ],
        },
      ],
    });

    expect(text).toMatchInlineSnapshot(`
      "# Written by MyX. Changes made here are reported as drift and replaced by the next apply.
      {
      	admin unix//run/caddy/admin.sock
      	auto_https disable_redirects
      	skip_install_trust
      	grace_period 10s
      	email \`ops@example.org\`
      }

      https://example.org:443, https://www.example.org:443 {
      	encode zstd gzip
      	header * X-Frame-Options \`DENY\`
      	header * -Server
      	redir /old \`https://example.com{uri}\` 301
      	handle /api/* {
      		uri strip_prefix /api
      		reverse_proxy * 127.0.0.1:3000 {
      			lb_policy random
      		}
      	}
      	handle {
      		root * \`/srv/www\`
      		file_server * {
      			hide .git .env .ht*
      		}
      	}
      }

      http://example.org:80 {
      	redir * \`https://{host}{uri}\` 308
      }

      http://www.example.org:80 {
      	redir * \`https://{host}{uri}\` 308
      }
      "
    `);
  });

  it('lets no text open a block, begin a directive or become several arguments', () => {
    fc.assert(
      fc.property(hostileTexts, (texts) => {
        const text = withTexts({ ...texts, host: TAME.host });

        expect(text).not.toContain('{$');
        expect(structure(text, texts.username)).toEqual(structure(withTexts({}), TAME.username));
        expect(
          lexed(text)
            .flat()
            .filter(({ quote, text: t }) => quote !== '' && /^[{}]$/.test(t)),
        ).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('takes no host name that is more than one', () => {
    fc.assert(
      fc.property(hostileTexts, ({ host }) => {
        const text = withTexts({ host });

        expect(
          lexed(text).filter((line) => line.length === 2 && line[1]?.text === '{').length,
        ).toBe(
          lexed(withTexts({})).filter((line) => line.length === 2 && line[1]?.text === '{').length,
        );
      }),
    );
  });

  it('keeps harmless placeholders and writes others as text', () => {
    const text = withTexts({ value: '{host} {env.SECRET} {"a":1}', body: '{file./etc/passwd}' });

    expect(text).toContain('header * X-Tame `{host} \\{env.SECRET\\} \\{"a":1\\}`');
    expect(text).toContain('respond * `\\{file./etc/passwd\\}` 200');
  });

  it('redirects no name that a plain site has on port 80', () => {
    const text = generated({
      mode: 'sites',
      sites: [
        {
          hosts: ['a.test', 'b.test'],
          port: 8443,
          tls: { mode: 'internal' },
          routes: [{ type: 'respond' }],
        },
        { hosts: ['a.test'], tls: { mode: 'off' }, routes: [{ type: 'respond' }] },
      ],
    });

    expect(text).toContain('http://b.test:80 {\n\tredir * `https://{host}:8443{uri}` 308\n}');
    expect(text.match(/http:\/\/a\.test:80/g)).toHaveLength(1);
  });

  it('answers what no route takes with 404', () => {
    const text = generated({
      mode: 'sites',
      sites: [{ tls: { mode: 'off' }, routes: [{ type: 'respond', path: '/x' }] }],
    });

    expect(text).toContain('handle {\n\t\trespond * `` 404\n\t}');
  });
});
