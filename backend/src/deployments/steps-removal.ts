import { StepFailure } from '../operations/index.js';
import type { OpenedVersion } from './deployment-configs.js';
import { deploymentFailure } from './deployment-failure.js';
import type { Remains } from './deployment-kind.js';
import type { DeploymentStep } from './deployment-memory.js';
import type { DeploymentParts } from './deployment-parts.js';
import { repeatedly } from './repeated-playbook.js';
import { begin, commonVars } from './steps-deploy.js';

const PLAYBOOK_SECONDS = 900;

/** Takes a service away by its kind's playbook. */
export function uninstallStep(parts: DeploymentParts): DeploymentStep {
  return {
    name: 'uninstall',
    title: 'Take the service away',
    timeoutMs: 3_600_000,
    check: (context) => Promise.resolve(context.memory.isGone),
    apply: async (context, session) => {
      const opened = await parts.opened(session.params);
      await begin(parts, context, session);
      const { kind, rendered } = opened;
      const outcome = await repeatedly(context, 'command', (id) =>
        session.host.playbook(context, {
          commandId: id,
          playbook: `playbooks/${kind.playbooks.uninstall}`,
          extraVars: { ...rendered.vars, ...commonVars(opened), myx_remains: remainsOf(opened) },
          secretVars: rendered.secretVars,
          timeoutSeconds: kind.timeoutSeconds ?? PLAYBOOK_SECONDS,
        }),
      );
      if (outcome.outcome !== 'succeeded') throw deploymentFailure(kind.name, outcome);
    },
  };
}

/** Prints what is still there: `units` and `users` by name, then `--`-separated lists of paths. */
const LEFT = `
mode=path
for name in "$@"; do
  case "$name" in
    --units) mode=unit; continue ;;
    --users) mode=user; continue ;;
  esac
  case "$mode" in
    path) if [ -e "$name" ] || [ -L "$name" ]; then echo "$name"; fi ;;
    unit) state=$(systemctl show --property=LoadState --value "$name"); [ "$state" = not-found ] || echo "$name is $state" ;;
    user) if getent passwd "$name" >/dev/null; then echo "the user $name"; fi ;;
  esac
done
exit 0
`;

/** Looks that nothing is left of a service. */
export function verifyRemovalStep(parts: DeploymentParts): DeploymentStep {
  return {
    name: 'verify',
    title: 'Look that nothing is left',
    check: (context) => Promise.resolve(context.memory.isGone),
    apply: async (context, session) => {
      const opened = await parts.opened(session.params);
      const { paths, units, users } = remainsOf(opened);
      const state = `/var/lib/myx-deployments/${opened.kind.name}`;
      const argv = ['/bin/sh', '-c', LEFT, 'myx-left', state, ...paths];
      const { stdout } = await session.host.run(context, [
        ...argv,
        '--units',
        ...units,
        '--users',
        ...users,
      ]);
      const left = stdout.toString().trim();
      if (left !== '') {
        const list = left.split('\n').join(', ');
        throw new StepFailure('server', 'leftovers', `Something is left on the server: ${list}`);
      }
      context.log('nothing is left on the server');
    },
  };
}

/** What must be gone: the files that were rendered, and what the kind knows of. */
function remainsOf({ kind, config, rendered }: OpenedVersion): Remains {
  const own = kind.remains?.(config);
  return {
    paths: [...new Set([...rendered.files.map(({ path }) => path), ...(own?.paths ?? [])])],
    units: own?.units ?? [],
    users: own?.users ?? [],
  };
}
