import { describe, expect, it } from '@jest/globals';
import { caddySnippetFor } from './caddy-snippet.js';
import { XrayConfig } from './xray-config.schema.js';
import { isBehindCaddy } from './xray-inbound.schema.js';

describe('caddySnippetFor', () => {
  const { inbounds } = XrayConfig.parse({
    address: 'a.example',
    inbounds: [
      { type: 'trojan_ws', port: 2001, host: 'site.example', path: '/secret' },
      { type: 'vless_xhttp', port: 2002, host: 'site.example', path: '/up' },
    ],
  });
  const [webSocket, xhttp] = inbounds.filter(isBehindCaddy).map(caddySnippetFor);

  it('hands one path to the port of a WebSocket inbound', () => {
    expect(webSocket).toEqual({
      ...{ host: 'site.example', path: '/secret', upstream: '127.0.0.1:2001' },
      caddyfile: [
        '@trojan-ws path /secret /secret/*',
        'handle @trojan-ws {',
        '\treverse_proxy 127.0.0.1:2001',
        '}',
      ].join('\n'),
    });
  });

  it('streams XHTTP over HTTP/2 without holding anything back', () => {
    expect(xhttp?.upstream).toBe('h2c://127.0.0.1:2002');
    expect(xhttp?.caddyfile).toContain('flush_interval -1');
  });
});
