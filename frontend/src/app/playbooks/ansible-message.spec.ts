import { describe, expect, it } from '@jest/globals';
import { headlineOf, placesOf, placesOfRefusal } from './ansible-message';

/** ansible-core 2.14, as on Debian 12. */
const OLD = `ERROR! couldn't resolve module/action 'nosuch'. This often indicates a misspelling, missing collection, or incorrect module path.

The error appears to be in '/var/lib/myx-agent/uploads/playbooks/0a/playbook.yml': line 4, column 7, but may
be elsewhere in the file depending on the exact syntax problem.

The offending line appears to be:

  tasks:
    - nosuch: 1
      ^ here
`;

/** ansible-core 2.19. */
const NEW = `[ERROR]: couldn't resolve module/action 'nosuch'.
Origin: /var/lib/myx-agent/uploads/playbooks/0a/playbook.yml:4:7

2   hosts: localhost
3   tasks:
4     - nosuch: 1
        ^ column 7
`;

const YAML = `ERROR! We were unable to read either as JSON nor YAML, these are the errors we got from each:
JSON: Expecting value: line 1 column 1 (char 0)

Syntax Error while loading YAML.
  mapping values are not allowed in this context

The error appears to be in 'playbook.yml': line 3, column 9, but may
be elsewhere in the file depending on the exact syntax problem.
`;

describe('placesOf', () => {
  it.each([
    ['old', OLD, 4, 7],
    ['new', NEW, 4, 7],
    ['about YAML', YAML, 3, 9],
  ])('finds the place in a message that is %s', (_age, message, line, column) => {
    expect(placesOf(message)).toMatchObject([{ line, column }]);
  });

  it('says at the place what Ansible says about it', () => {
    expect(placesOf(NEW)[0]?.message).toBe("couldn't resolve module/action 'nosuch'.");
    expect(placesOf(OLD)[0]?.message).toMatch(/^couldn't resolve module\/action 'nosuch'/);
  });

  it('finds none where none is named', () => {
    expect(placesOf('ERROR! the playbook could not be found')).toEqual([]);
    expect(placesOf('')).toEqual([]);
  });

  it('names a place once', () => {
    expect(placesOf(`${NEW}\n${NEW}`)).toHaveLength(1);
  });
});

describe('headlineOf', () => {
  it('is the first line that is a reason', () => {
    expect(headlineOf('\n[ERROR]: A task has no action.\nOrigin: x')).toBe('A task has no action.');
    expect(headlineOf('---\nfatal: nothing works')).toBe('nothing works');
  });

  it('is short', () => {
    expect(headlineOf('x'.repeat(5000)).length).toBeLessThanOrEqual(300);
  });
});

describe('placesOfRefusal', () => {
  it('takes the entries that name a place', () => {
    const place = { line: 1, column: 10, message: 'hosts must be localhost' };

    expect(placesOfRefusal([place, { path: 'name', message: 'too long' }, {}])).toEqual([place]);
  });
});
