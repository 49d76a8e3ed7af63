import { describe, expect, it } from '@jest/globals';

import { SnakeNaming, snakeCase } from './snake-naming.js';

describe('snakeCase', () => {
  it.each([
    ['id', 'id'],
    ['rpcPort', 'rpc_port'],
    ['SSHKey', 'ssh_key'],
    ['agentTokenSHA256', 'agent_token_sha256'],
    ['hostKeyURL', 'host_key_url'],
    ['already_snake', 'already_snake'],
  ])('turns %s into %s', (name, expected) => {
    expect(snakeCase(name)).toBe(expected);
  });
});

describe('SnakeNaming', () => {
  const naming = new SnakeNaming();

  it('keeps names that were given', () => {
    expect(naming.tableName('BlueBox', 'Boxes')).toBe('Boxes');
    expect(naming.columnName('longLabel', 'Label', [])).toBe('Label');
  });

  it('names embedded, joining and joined columns', () => {
    expect(naming.columnName('portNumber', undefined, ['sshLogin'])).toBe('ssh_login_port_number');
    expect(naming.joinColumnName('blueBox', 'id')).toBe('blue_box_id');
    expect(naming.joinTableName('blue_box', 'lid', 'allLids')).toBe('blue_box_all_lids_lid');
    expect(naming.joinTableColumnName('blueBox', 'id')).toBe('blue_box_id');
  });
});
