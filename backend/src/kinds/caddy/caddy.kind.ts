import type { DeploymentKind } from '../../deployments/index.js';
import { CADDY_SECRET_PATHS, CaddyConfig } from './caddy-config.js';
import { caddyForm } from './caddy-form.js';
import { CADDY_PATHS } from './caddy-paths.js';
import { caddyCommands, caddyResult } from './caddy-plan.js';
import { probeCaddy } from './caddy-readiness.js';
import { renderCaddy } from './caddy-render.js';

/** Caddy, the web server with automatic certificates. */
export const caddyKind: DeploymentKind<CaddyConfig> = {
  name: 'caddy',
  title: { en: 'Caddy', 'zh-CN': 'Caddy' },
  summary: {
    en: 'Web server and reverse proxy with automatic HTTPS',
    'zh-CN': '自动 HTTPS 的 Web 服务器与反向代理',
  },
  config: CaddyConfig,
  secretPaths: CADDY_SECRET_PATHS,
  form: caddyForm,
  playbooks: { deploy: 'deploy_caddy.yml', uninstall: 'uninstall_caddy.yml' },
  render: renderCaddy,
  commands: caddyCommands,
  probe: probeCaddy,
  result: caddyResult,
  // Package and user go with what the deployment installed: those that were there before it stay.
  remains: () => ({ paths: [CADDY_PATHS.own], units: [], users: [] }),
};
