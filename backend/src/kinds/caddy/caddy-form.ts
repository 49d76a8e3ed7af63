import type { FormDescription, FormField } from '../../deployments/index.js';
import { both, siteFields } from './caddy-site-form.js';

function whenMode(mode: 'sites' | 'raw', field: FormField): FormField {
  return { ...field, visible_when: { path: 'mode', equals: mode } };
}

const packageFields: FormField[] = [
  {
    path: 'source',
    type: 'select',
    label: both('Package', '软件包来源'),
    default: 'distribution',
    advanced: true,
    options: [
      { value: 'distribution', label: both('From the distribution', '发行版仓库') },
      { value: 'upstream', label: both('From Caddy’s own repository', 'Caddy 官方仓库') },
    ],
  },
  {
    path: 'upstream',
    type: 'group',
    label: both('Package repository', '软件包仓库'),
    advanced: true,
    visible_when: { path: 'source', equals: 'upstream' },
    fields: [
      { path: 'repository_url', type: 'text', label: both('Repository', '仓库地址') },
      { path: 'key_url', type: 'text', label: both('Key', '密钥地址') },
      { path: 'key_sha256', type: 'text', label: both('SHA-256 of the key', '密钥的 SHA-256') },
    ],
  },
  {
    path: 'adopt',
    type: 'boolean',
    label: both('Take over a Caddy that is there already', '接管服务器上已有的 Caddy'),
    help: both(
      'Its Caddyfile is kept and put back when the deployment is uninstalled',
      '其 Caddyfile 会被保留，并在卸载部署时恢复',
    ),
    default: false,
    advanced: true,
  },
  {
    path: 'outside_check',
    type: 'boolean',
    label: both('The manager checks the sites too', '管理器也检查站点'),
    help: both(
      'Switch it off when a firewall lets the manager not reach the sites',
      '若防火墙不允许管理器访问站点，请关闭',
    ),
    default: true,
    advanced: true,
  },
];

const siteOptions: FormField[] = [
  { path: 'sites', type: 'list', label: both('Sites', '站点'), required: true, item: siteFields },
  {
    path: 'email',
    type: 'text',
    label: both('E-mail for the certificate authority', '证书颁发机构联系邮箱'),
  },
  {
    path: 'acme_directory',
    type: 'text',
    label: both('ACME directory', 'ACME 目录'),
    help: both('Empty: Let’s Encrypt, then ZeroSSL', '留空：Let’s Encrypt，其次 ZeroSSL'),
    advanced: true,
  },
  {
    path: 'admin',
    type: 'select',
    label: both('Admin endpoint', '管理接口'),
    default: 'socket',
    advanced: true,
    options: [
      { value: 'socket', label: both('Unix socket', 'Unix 套接字') },
      { value: 'off', label: both('Off (changes restart Caddy)', '关闭（更改会重启 Caddy）') },
    ],
  },
  {
    path: 'grace_seconds',
    type: 'number',
    label: both(
      'Time for running requests at a change (seconds)',
      '变更时等待进行中请求的时间（秒）',
    ),
    default: 10,
    advanced: true,
  },
];

const rawOptions: FormField[] = [
  {
    path: 'caddyfile',
    type: 'code',
    language: 'caddyfile',
    label: both('Caddyfile', 'Caddyfile'),
    required: true,
  },
  {
    path: 'checks',
    type: 'list',
    label: both('URLs that must answer', '必须可访问的 URL'),
    item: [
      { path: 'url', type: 'text', label: both('URL', 'URL'), required: true },
      {
        path: 'status',
        type: 'number',
        label: both('Status', '状态码'),
        help: both('Empty: all but 5xx', '留空：除 5xx 外均可'),
      },
    ],
  },
];

/** How the configuration of Caddy is entered. */
export const caddyForm: FormDescription = {
  fields: [
    {
      path: 'mode',
      type: 'select',
      label: both('Configuration', '配置方式'),
      required: true,
      default: 'sites',
      options: [
        { value: 'sites', label: both('Sites', '站点表单') },
        { value: 'raw', label: both('Caddyfile', 'Caddyfile') },
      ],
    },
    ...siteOptions.map((field) => whenMode('sites', field)),
    ...rawOptions.map((field) => whenMode('raw', field)),
    ...packageFields,
  ],
};
