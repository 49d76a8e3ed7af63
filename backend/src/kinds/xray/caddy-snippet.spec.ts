import { describe, expect, it } from '@jest/globals';
import { CaddyConfig } from '../caddy/caddy-config.js';
import { caddySnippetFor } from './caddy-snippet.js';
import { XrayConfig } from './xray-config.schema.js';
import { isBehindCaddy } from './xray-inbound.schema.js';

describe('caddySnippetFor', () => {
  const { inbounds } = XrayConfig.parse({
    address: 'a.example',
    inbounds: [
      { type: 'trojan_ws', port: 2001, host: 'site.example.com', path: '/secret' },
      { type: 'vless_xhttp', port: 2002, host: 'site.example.com', path: '/up' },
    ],
  });
  const snippets = inbounds.filter(isBehindCaddy).map(caddySnippetFor);

  it('hands the path of a WebSocket inbound to its port', () => {
    expect(snippets[0]).toEqual({
      ...{ host: 'site.example.com', port: 443 },
      route: { type: 'reverse_proxy', path: '/secret', upstreams: ['127.0.0.1:2001'] },
      caddyfile: 'handle /secret {\n\treverse_proxy 127.0.0.1:2001\n}',
    });
  });

  it('hands what lies below the path of XHTTP to its port, over HTTP/2', () => {
    expect(snippets[1]?.route).toMatchObject({
      path: '/up/*',
      upstreams: ['h2c://127.0.0.1:2002'],
    });
  });

  it('gives routes that the kind Caddy takes, before the site that everybody else sees', () => {
    const decoy = { type: 'page', content: '<h1>Recipes</h1>' };
    const routes = [...snippets.map(({ route }) => route), decoy];
    const site = { hosts: ['site.example.com'], tls: { mode: 'automatic' }, routes };

    const result = CaddyConfig.safeParse({ mode: 'sites', sites: [site] });

    expect(result.error).toBeUndefined();
  });
});
