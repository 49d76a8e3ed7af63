import type { DeploymentKind } from '../../deployments/index.js';
import { NodeExporterConfig } from './node-exporter-config.js';
import { nodeExporterForm } from './node-exporter-form.js';
import { probeNodeExporter } from './node-exporter-probe.js';
import { renderNodeExporter, UNIT, urlHost } from './node-exporter-render.js';

/** The Prometheus node exporter, from the distribution's package. */
export const nodeExporterKind: DeploymentKind<NodeExporterConfig> = {
  name: 'node_exporter',
  title: { en: 'Node exporter', 'zh-CN': 'Node exporter' },
  summary: {
    en: 'Metrics of the machine for Prometheus',
    'zh-CN': '为 Prometheus 提供主机指标',
  },
  config: NodeExporterConfig,
  secretPaths: ['/tls/key', '/basic_auth/*/password'],
  form: nodeExporterForm,
  playbooks: { deploy: 'deploy_node_exporter.yml', uninstall: 'uninstall_node_exporter.yml' },
  render: renderNodeExporter,
  commands: (config) => [
    'apt-get install --no-install-recommends prometheus-node-exporter (unless it is installed)',
    'prometheus-node-exporter: started for a moment on a loopback port, to check its flags',
    `systemctl enable ${UNIT}`,
    `systemctl restart ${UNIT} (when a file changes)`,
    ...(config.tls.mode === 'off' && config.basic_auth.length > 0
      ? ['Passwords travel unencrypted: turn on encryption.']
      : []),
  ],
  probe: (context, _host, target) => probeNodeExporter(context, target),
  result: (config, { serverHost }) => [
    {
      label: { en: 'Metrics', 'zh-CN': '指标' },
      value: `${config.tls.mode === 'off' ? 'http' : 'https'}://${urlHost(serverHost)}:${config.port}/metrics`,
      kind: 'url',
    },
  ],
  remains: () => ({ paths: ['/etc/myx-node-exporter'], units: [UNIT], users: [] }),
};
