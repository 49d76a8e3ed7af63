import { describe, expect, it } from '@jest/globals';
import { shareLinksFor } from './share-links.js';
import { subscriptionAnswer, subscriptionFormat } from './subscription.js';
import { XrayConfig } from './xray-config.schema.js';

const config = XrayConfig.parse({
  address: '203.0.113.7',
  inbounds: [
    { type: 'vless_reality', target: 'www.example.com' },
    { type: 'shadowsocks_2022', port: 8388 },
  ],
  clients: [{ name: 'ada' }],
});
const links = shareLinksFor(config, config.clients[0]!);
const facts = { title: 'Berlin 你好', uploadBytes: 10, downloadBytes: 20 };

describe('subscriptionFormat', () => {
  it.each([
    [{ format: 'links', accept: 'application/json' }, 'links'],
    [{ format: 'nonsense' }, 'base64'],
    [{}, 'base64'],
    [{ accept: '*/*', userAgent: 'curl/8.5.0' }, 'base64'],
    [{ accept: 'application/json, */*;q=0.5' }, 'xray-json'],
    [{ accept: 'text/html,application/xhtml+xml,*/*;q=0.8', userAgent: 'Mozilla/5.0' }, 'links'],
    [{ userAgent: 'Happ/1.2 CFNetwork/1' }, 'xray-json'],
    [{ userAgent: 'v2rayNG/1.8.28' }, 'base64'],
    [{ userAgent: 'v2rayNG/1.8.29' }, 'xray-json'],
    [{ userAgent: 'v2rayNG/1.10.1' }, 'xray-json'],
    [{ userAgent: 'v2rayN/6.39' }, 'base64'],
    [{ userAgent: 'v2rayN/nonsense' }, 'base64'],
    [{ userAgent: 'Shadowrocket/2070' }, 'base64'],
  ])('%j reads %s', (request, expected) => {
    expect(subscriptionFormat(request)).toBe(expected);
  });
});

describe('subscriptionAnswer', () => {
  it('lists the links in base64', () => {
    const { body } = subscriptionAnswer(links, facts, 'base64');

    expect(Buffer.from(body, 'base64').toString()).toBe(
      links.map(({ url }) => `${url}\n`).join(''),
    );
  });

  it('lists whole configurations for Xray', () => {
    const { body, headers } = subscriptionAnswer(links, facts, 'xray-json');

    expect(JSON.parse(body)).toMatchObject([
      { remarks: 'ada (reality)', outbounds: [{ protocol: 'vless' }, {}, {}] },
      { remarks: 'ada (shadowsocks)', outbounds: [{ protocol: 'shadowsocks' }, {}, {}] },
    ]);
    expect(headers['content-type']).toContain('application/json');
  });

  it('tells title and traffic in headers that are ASCII whatever the title is', () => {
    const { headers } = subscriptionAnswer(links, facts, 'links');

    expect(headers['subscription-userinfo']).toBe('upload=10; download=20; total=0; expire=0');
    expect(headers['profile-title']).toBe(`base64:${Buffer.from(facts.title).toString('base64')}`);
    expect(headers['cache-control']).toBe('no-store');
    expect(Object.values(headers).join('')).toMatch(/^[\x20-\x7e]+$/);
  });

  it('is shown by browsers and kept as a file by programs', () => {
    const names = ['links', 'base64'] as const;
    const [shown, kept] = names.map((format) => subscriptionAnswer(links, facts, format).headers);

    expect(shown).not.toHaveProperty('content-disposition');
    expect(kept).toHaveProperty(
      'content-disposition',
      "attachment; filename*=UTF-8''Berlin%20%E4%BD%A0%E5%A5%BD",
    );
  });
});
