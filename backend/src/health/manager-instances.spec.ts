import { describe, expect, it } from '@jest/globals';
import type { HeartbeatsRepository } from './heartbeats.repository.js';
import { ManagerInstances } from './manager-instances.js';

describe('ManagerInstances', () => {
  it('says last that the manager is gone, however long the database takes', async () => {
    const said: string[] = [];
    const answered = Promise.withResolvers<undefined>();
    const repository = {
      seen: async () => {
        await answered.promise;
        said.push('seen');
      },
      gone: () => {
        said.push('gone');
        return Promise.resolve();
      },
    } as unknown as HeartbeatsRepository;
    const instances = new ManagerInstances(repository);
    const seen = instances.seen();

    const gone = instances.gone();
    const tooLate = instances.seen();
    answered.resolve(undefined);
    await Promise.all([seen, gone, tooLate]);

    expect(said).toEqual(['seen', 'gone']);
  });

  it('says that it is gone also when it could not say that it is alive', async () => {
    const said: string[] = [];
    const repository = {
      seen: () => Promise.reject(new Error('the database is away')),
      gone: () => {
        said.push('gone');
        return Promise.resolve();
      },
    } as unknown as HeartbeatsRepository;
    const instances = new ManagerInstances(repository);

    const seen = instances.seen();
    await Promise.all([expect(seen).rejects.toThrow('away'), instances.gone()]);

    expect(said).toEqual(['gone']);
  });
});
