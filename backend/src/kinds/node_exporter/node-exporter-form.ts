import type { FormDescription, FormField } from '../../deployments/index.js';

const collectors = (path: string, en: string, zh: string): FormField => ({
  path: `collectors.${path}`,
  type: 'list',
  label: { en, 'zh-CN': zh },
  help: {
    en: 'Names such as systemd or wifi; the rest stays as the program has it',
    'zh-CN': '例如 systemd 或 wifi；其余保持程序默认值',
  },
  item: [{ path: '', type: 'text', label: { en: 'Collector', 'zh-CN': '采集器' } }],
  advanced: true,
});

const own = { path: 'tls.mode', equals: 'own' };

/** The form of a node exporter's configuration. */
export const nodeExporterForm: FormDescription = {
  fields: [
    {
      path: 'address',
      type: 'text',
      label: { en: 'Listen address', 'zh-CN': '监听地址' },
      help: { en: '0.0.0.0 is every IPv4 address', 'zh-CN': '0.0.0.0 表示所有 IPv4 地址' },
      required: true,
      default: '0.0.0.0',
    },
    {
      path: 'port',
      type: 'number',
      label: { en: 'Port', 'zh-CN': '端口' },
      required: true,
      default: 9100,
    },
    {
      path: 'tls.mode',
      type: 'select',
      label: { en: 'Encryption', 'zh-CN': '加密' },
      default: 'off',
      options: [
        { value: 'off', label: { en: 'None', 'zh-CN': '无' } },
        { value: 'own', label: { en: 'Own certificate', 'zh-CN': '自有证书' } },
      ],
    },
    {
      path: 'tls.certificate',
      type: 'multiline',
      label: { en: 'Certificate (PEM)', 'zh-CN': '证书（PEM）' },
      required: true,
      visible_when: own,
    },
    {
      path: 'tls.key',
      type: 'secret',
      label: { en: 'Private key (PEM)', 'zh-CN': '私钥（PEM）' },
      required: true,
      visible_when: own,
    },
    {
      path: 'basic_auth',
      type: 'list',
      label: { en: 'Logins', 'zh-CN': '登录账户' },
      help: { en: 'None: anybody may read the metrics', 'zh-CN': '留空则任何人都可读取指标' },
      item: [
        {
          path: 'username',
          type: 'text',
          label: { en: 'Name', 'zh-CN': '用户名' },
          required: true,
        },
        {
          path: 'password',
          type: 'secret',
          label: { en: 'Password', 'zh-CN': '密码' },
          required: true,
        },
      ],
    },
    collectors('enabled', 'Additional collectors', '额外启用的采集器'),
    collectors('disabled', 'Disabled collectors', '禁用的采集器'),
    {
      path: 'probe_from_manager',
      type: 'boolean',
      label: {
        en: 'Fetch the metrics from the manager after a change',
        'zh-CN': '变更后由管理器读取指标',
      },
      help: {
        en: 'Turn off where a firewall lets only Prometheus through',
        'zh-CN': '若防火墙仅允许 Prometheus 访问，请关闭',
      },
      default: true,
      advanced: true,
    },
  ],
};
