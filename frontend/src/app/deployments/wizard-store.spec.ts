import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { Router, provideRouter } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import type { DeploymentKind } from '../platform/api/generated/models/deployment-kind';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import { Problem } from '../platform/problem/problem';
import { WizardStore } from './wizard-store';

const words = { en: 'x', 'zh-CN': 'x' };
const kind: DeploymentKind = {
  name: 'sample',
  title: words,
  summary: words,
  form: { fields: [{ path: 'port', type: 'number', label: words, default: 80 }] },
};

const gone = new Problem({
  name: 'deployment_not_found',
  title: 'Gone',
  detail: 'Gone',
  status: 404,
});

/** A manager that keeps planned deployments: one for each server, named after it. */
class PlanningManager {
  readonly asked: string[] = [];
  refusal: Problem | null = null;
  state: DeploymentSummary['state'] = 'planned';
  gone = '';

  readonly invoke = (
    { PATH }: { readonly PATH: string },
    { id = '', body = {} }: { id?: string; body?: Record<string, unknown> },
  ): Promise<unknown> => {
    const servers = (body.server_ids ?? body.deployment_ids ?? []) as string[];
    const what = PATH.replace('/api/v1/deployments', '').replace('{id}', id);
    this.asked.push([what, ...servers].join(' ').trim());
    if (id !== '' && id === this.gone) return Promise.reject(gone);
    if (this.refusal && body.config !== undefined) return Promise.reject(this.refusal);
    const one = this.deployment(id.replace('d-', ''));
    if (what.endsWith('/config')) return Promise.resolve(one);
    if (what.endsWith('/uninstall')) return Promise.resolve({ operation_id: null });
    if (what === `/${id}`) return Promise.resolve({ ...one, config: { port: 81 }, results: [] });
    const deployments = servers.map((server) => this.deployment(server.replace('d-', '')));
    return Promise.resolve({ deployments, batch_id: null, operation_ids: [] });
  };

  private deployment(server: string): Partial<DeploymentSummary> {
    return { id: `d-${server}`, kind: 'sample', server_id: server, state: this.state };
  }
}

describe('WizardStore', () => {
  let manager: PlanningManager;
  let store: WizardStore;

  beforeEach(() => {
    manager = new PlanningManager();
    TestBed.configureTestingModule({
      providers: [WizardStore, provideRouter([]), { provide: Api, useValue: manager }],
    });
    store = TestBed.inject(WizardStore);
    store.kind.set(kind);
    store.serverIds.set(['a', 'b']);
  });

  const plannedOn = (): readonly string[] => store.deployments().map(({ server_id: id }) => id);

  it('stores a plan for every server, which the address finds again', async () => {
    await store.plan();

    expect(manager.asked).toEqual(['a b']);
    expect(store.step()).toBe('plan');
    expect(TestBed.inject(Router).url).toBe('/#d-a,d-b');
  });

  it('knows what would be lost until it is planned', async () => {
    store.enter({ port: '81' });
    expect(store.hasUnsaved()).toBe(true);

    await store.plan();
    expect(store.hasUnsaved()).toBe(false);
  });

  it('shows no plan of what was entered before something else was', async () => {
    store.goTo('config');
    const planning = store.plan();
    store.enter({ port: '81' });
    await planning;

    expect(store.step()).toBe('config');
    expect(store.hasUnsaved()).toBe(true);
    expect(store.busy()).toBe(false);
  });

  it('stays where somebody went back to while it was planned', async () => {
    store.goTo('config');
    const planning = store.plan();
    store.goTo('servers');
    await planning;

    expect(store.step()).toBe('servers');
  });

  it('changes the plan of servers that stay, and forgets those that are not chosen any more', async () => {
    await store.plan();
    manager.asked.length = 0;
    store.goTo('servers');
    store.serverIds.set(['b', 'c']);
    await store.plan();

    expect(manager.asked).toEqual(['/d-a/uninstall', '/d-b/config', 'c']);
    expect(plannedOn()).toEqual(['b', 'c']);
  });

  it('plans anew where somebody else has discarded the plan', async () => {
    await store.plan();
    manager.asked.length = 0;
    manager.gone = 'd-a';
    await store.plan();

    expect(manager.asked).toEqual(['/d-a/config', '/d-b/config', 'a']);
    expect(plannedOn()).toEqual(['b', 'a']);
  });

  it('stays at the form with what the manager refuses of it', async () => {
    const fields = [{ path: 'config.port', message: 'is too small' }];
    manager.refusal = new Problem({
      name: 'invalid_request',
      title: 'No',
      detail: 'config.port',
      status: 422,
      fields,
    });
    store.goTo('config');
    await store.plan();

    expect(store.step()).toBe('config');
    expect(store.fieldProblems()).toEqual(fields);
    expect(store.problem()).toBeNull();
  });

  it('applies what is planned', async () => {
    await store.plan();
    manager.asked.length = 0;
    await store.apply();

    expect(manager.asked).toEqual(['/apply d-a d-b']);
    expect(store.step()).toBe('work');
    expect(store.isFinal()).toBe(true);
  });

  it('discards a plan without a trace', async () => {
    await store.plan();

    expect(await store.discard()).toBe(true);
    expect(plannedOn()).toEqual([]);
    expect(TestBed.inject(Router).url).toBe('/');
  });

  it('finds a plan of one server again with its configuration, which can be changed', async () => {
    await store.resume(['d-a'], [kind]);

    expect(store.step()).toBe('plan');
    expect(store.isFinal()).toBe(false);
    expect(store.draft()).toEqual({ port: 81 });
  });

  it('finds the plans of several again as they are: only the manager knows their secrets', async () => {
    await store.resume(['d-a', 'd-b'], [kind]);

    expect(store.isFinal()).toBe(true);
  });

  it('finds work again', async () => {
    manager.state = 'applying';
    await store.resume(['d-a'], [kind]);

    expect(store.step()).toBe('work');
  });
});
