/** Steps of the wizard, in their order. */
export const WIZARD_STEPS = ['kind', 'servers', 'config', 'plan', 'work'] as const;
export type WizardStep = (typeof WIZARD_STEPS)[number];

/** Most servers worked on at the same time unless somebody says otherwise. */
export const USUAL_PARALLEL = 5;

/** Most servers the manager works on at the same time. */
export const MOST_PARALLEL = 100;

/** How many servers at once somebody asked for; the usual number when it makes no sense. */
export function parallelOf(text: string): number {
  const number = Number(text);
  const isSense = Number.isInteger(number) && number >= 1 && number <= MOST_PARALLEL;
  return isSense ? number : USUAL_PARALLEL;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The deployments an address speaks of: what is planned is found again after a reload. */
export function deploymentIdsIn(fragment: string | null): readonly string[] {
  return (fragment ?? '').split(',').filter((text) => UUID.test(text));
}
