import { describe, expect, it } from '@jest/globals';

import { Secret } from '../crypto/secret.js';
import { createLogger, type LoggerSettings } from './logger.js';
import { NestLogger } from './nest-logger.js';

const CANARY = 'canary-e81b';

function capture(settings: Partial<LoggerSettings> = {}) {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const logger = createLogger({
    level: 'trace',
    format: 'json',
    colour: false,
    write,
    ...settings,
  });
  return {
    logger,
    lines,
    text: () => lines.join(''),
    last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>,
  };
}

describe('createLogger', () => {
  it('writes level, time, message and data', () => {
    const { logger, last } = capture();

    logger.info({ server_id: 7 }, 'server added');

    expect(last()).toMatchObject({ level: 'info', msg: 'server added', server_id: 7 });
    expect(last().time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('adds the context of the moment to every line', () => {
    let request: string | undefined = 'r-1';
    const { logger, last } = capture({
      context: () => (request ? { correlation_id: request } : {}),
    });

    logger.info('inside');
    const inside = last();
    request = undefined;
    logger.info('outside');

    expect(inside).toMatchObject({ msg: 'inside', correlation_id: 'r-1' });
    expect(last()).not.toHaveProperty('correlation_id');
  });

  it.each([
    ['password'],
    ['private_key'],
    ['privateKey'],
    ['passphrase'],
    ['sudo_password'],
    ['token'],
    ['agent_token'],
    ['secret_key'],
    ['authorization'],
    ['Authorization'],
    ['cookie'],
    ['set-cookie'],
    ['x-agent-token'],
    ['X-Agent-Token'],
    ['setup_code'],
    ['master_key'],
  ])('never shows the value of %s, at any depth', (name) => {
    const { logger, text } = capture();

    logger.info({ [name]: CANARY }, 'top');
    logger.info({ req: { headers: { [name]: CANARY } } }, 'headers');
    logger.info({ list: [{ a: { b: { c: { [name]: [CANARY] } } } }] }, 'deep');
    logger.child({ [name]: CANARY }).info('child');
    logger.child({ outer: { [name]: CANARY } }).info('nested child');

    expect(text()).not.toContain(CANARY);
    expect(text().match(/\[redacted\]/g)).toHaveLength(5);
  });

  it.each([
    ['a Secret under any name', { harmless: new Secret(CANARY) }],
    ['a login in a URL', { detail: `connecting to postgres://user:${CANARY}@db/x failed` }],
    ['bytes', { body: Buffer.from(CANARY) }],
    ['an error that quotes a URL', { err: new Error(`redis://:${CANARY}@host is away`) }],
    [
      'properties of an error',
      { err: Object.assign(new Error('query failed'), { parameters: [CANARY] }) },
    ],
    [
      'the cause of an error',
      {
        err: new Error('outer', {
          cause: Object.assign(new Error('x'), { headers: { a: CANARY } }),
        }),
      },
    ],
    ['an error under any name', { problem: Object.assign(new Error('x'), { config: CANARY }) }],
    ['what toJSON gives', { model: { toJSON: () => ({ password: CANARY }) } }],
  ])('does not show %s', (_name, data) => {
    const { logger, text } = capture();

    logger.error(data, 'failed');

    expect(text()).not.toContain(CANARY);
    expect(text()).toContain('failed');
  });

  it('keeps what only sounds like a secret', () => {
    const { logger, last } = capture();

    logger.info({ token_count: 3, agent_token_sha256: 'ab', password: null }, 'fine');

    expect(last()).toMatchObject({ token_count: 3, agent_token_sha256: 'ab', password: null });
  });

  it('describes an error with its code, stack and causes', () => {
    const { logger, last } = capture();
    const cause = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });

    logger.error({ err: new TypeError('no agent', { cause }) }, 'failed');

    expect(last().err).toMatchObject({
      type: 'TypeError',
      message: 'no agent',
      stack: expect.stringContaining('logger.spec'),
      cause: { type: 'Error', message: 'connection refused', code: 'ECONNREFUSED' },
    });
  });

  it('survives circles, depth and big numbers', () => {
    const { logger, text } = capture();
    const circle: Record<string, unknown> = { size: 2n ** 64n };
    circle.self = circle;
    const twice = { id: 1 };
    let deep: object = {};
    for (let level = 0; level < 50; level += 1) deep = { deep };

    logger.info({ circle, deep, pair: [twice, twice] }, 'odd');

    expect(text()).toContain('[circular]');
    expect(text()).toContain('[deep]');
    expect(text()).toContain('18446744073709551616');
    expect(text()).toContain('[{"id":1},{"id":1}]');
  });

  it('is silent below its level', () => {
    const { logger, lines } = capture({ level: 'warn' });

    logger.info('not now');
    logger.warn('now');

    expect(lines).toHaveLength(1);
  });
});

describe('the pretty format', () => {
  it('puts time, level, message and data on one line and the stack below', () => {
    const { logger, lines } = capture({ format: 'pretty' });

    logger.warn(
      { server_id: 7, err: new Error('outer', { cause: new Error('inner') }) },
      'server offline',
    );

    const [head, ...below] = (lines[0] ?? '').split('\n');
    expect(head).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}server offline server_id=7$/);
    expect(below[0]).toBe('    Error: outer');
    expect(below.join('\n')).toMatch(/caused by\n {4}Error: inner/);
  });

  it('lets nobody draw on the terminal', () => {
    const { logger, text } = capture({ format: 'pretty' });

    logger.info({ name: '\u001b[2Jname\u009b1A' }, 'message\r\u001b]0;title\u0007');

    expect(text().trimEnd()).toMatch(/^[^\p{Cc}]*$/u);
    expect(text()).toContain('\\x1b]0;title\\x07');
  });

  it('redacts like the other', () => {
    const { logger, text } = capture({ format: 'pretty' });

    logger.info({ password: CANARY }, 'login');

    expect(text()).toContain('password="[redacted]"');
  });
});

describe('NestLogger', () => {
  it('carries messages, contexts, stacks and errors over', () => {
    const { logger, last } = capture();
    const nest = new NestLogger(logger);

    nest.log('Mapped route', 'RouterExplorer');
    expect(last()).toMatchObject({
      level: 'debug',
      detail: 'Mapped route',
      context: 'RouterExplorer',
    });
    nest.error('broken', 'Error: broken\n at x', 'Injector');
    expect(last()).toMatchObject({
      level: 'error',
      stack: 'Error: broken\n at x',
      context: 'Injector',
    });
    nest.warn(new Error('odd'));
    expect(last()).toMatchObject({ level: 'warn', err: { message: 'odd' } });
  });
});
