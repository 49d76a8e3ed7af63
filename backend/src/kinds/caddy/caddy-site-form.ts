import type { FormField, Localized } from '../../deployments/index.js';

/** A text in both languages. */
export function both(en: string, zh: string): Localized {
  return { en, 'zh-CN': zh };
}

const headerActions = [
  { value: 'set', label: both('Set', '设置') },
  { value: 'append', label: both('Add', '追加') },
  { value: 'remove', label: both('Remove', '删除') },
];

function headerList(path: string, label: Localized, help?: Localized): FormField {
  return {
    path,
    type: 'list',
    label,
    ...(help ? { help } : {}),
    advanced: true,
    item: [
      { path: 'name', type: 'text', label: both('Name', '名称'), required: true },
      {
        path: 'action',
        type: 'select',
        label: both('Action', '操作'),
        options: headerActions,
        default: 'set',
      },
      { path: 'value', type: 'text', label: both('Value', '值'), default: '' },
    ],
  };
}

function onlyFor(type: string, field: FormField): FormField {
  return { ...field, visible_when: { path: 'type', equals: type } };
}

const proxyFields: FormField[] = [
  {
    path: 'upstreams',
    type: 'list',
    label: both('Upstreams', '上游'),
    help: both(
      'host:port, http://host:port, https://host, h2c://host:port or unix//path',
      'host:port、http://host:port、https://host、h2c://host:port 或 unix//path',
    ),
    required: true,
    item: [{ path: '', type: 'text', label: both('Upstream', '上游'), required: true }],
  },
  {
    path: 'policy',
    type: 'select',
    label: both('Choice of upstream', '负载均衡策略'),
    default: 'random',
    advanced: true,
    options: [
      { value: 'random', label: both('Random', '随机') },
      { value: 'round_robin', label: both('In turn', '轮询') },
      { value: 'least_conn', label: both('Fewest connections', '最少连接') },
      { value: 'first', label: both('First that works', '首个可用') },
      { value: 'ip_hash', label: both('By client address', '按客户端地址') },
      { value: 'cookie', label: both('By cookie', '按 Cookie') },
    ],
  },
  {
    path: 'health',
    type: 'group',
    label: both('Health check', '健康检查'),
    help: both('Upstreams that do not pass get no requests', '未通过检查的上游不再接收请求'),
    advanced: true,
    fields: [
      { path: 'path', type: 'text', label: both('Path', '路径'), required: true },
      {
        path: 'interval_seconds',
        type: 'number',
        label: both('Every (seconds)', '间隔（秒）'),
        default: 10,
      },
      {
        path: 'timeout_seconds',
        type: 'number',
        label: both('Timeout (seconds)', '超时（秒）'),
        default: 5,
      },
      {
        path: 'status',
        type: 'number',
        label: both('Expected status', '期望状态码'),
        help: both('Empty: any 2xx', '留空：任意 2xx'),
      },
    ],
  },
  {
    path: 'max_fails',
    type: 'number',
    label: both('Failures until an upstream is set aside', '上游被暂停前的失败次数'),
    help: both('0: never', '0：从不'),
    default: 0,
    advanced: true,
  },
  {
    path: 'fail_seconds',
    type: 'number',
    label: both('Set aside for (seconds)', '暂停时长（秒）'),
    default: 30,
    advanced: true,
  },
  headerList(
    'request_headers',
    both('Headers to the upstream', '发往上游的请求头'),
    both(
      '{host}, {remote_host}, {uri} and the like are filled in',
      '{host}、{remote_host}、{uri} 等会被替换',
    ),
  ),
  {
    path: 'tls_server_name',
    type: 'text',
    label: both('Name in the upstream’s certificate', '上游证书中的名称'),
    help: both('For https upstreams only', '仅用于 https 上游'),
    advanced: true,
  },
];

const routeFields: FormField[] = [
  {
    path: 'type',
    type: 'select',
    label: both('What it does', '用途'),
    required: true,
    default: 'reverse_proxy',
    options: [
      { value: 'reverse_proxy', label: both('Reverse proxy', '反向代理') },
      { value: 'folder', label: both('Folder on the server', '服务器上的目录') },
      { value: 'page', label: both('A page written here', '在此编写的页面') },
      { value: 'respond', label: both('A fixed answer', '固定响应') },
    ],
  },
  {
    path: 'path',
    type: 'text',
    label: both('Path', '路径'),
    help: both(
      '/api/* means all below /api/. Empty: everything else',
      '/api/* 表示 /api/ 下的全部。留空：其余全部',
    ),
  },
  {
    path: 'strip_prefix',
    type: 'boolean',
    label: both('Take the path’s beginning away', '去除路径前缀'),
    default: false,
    advanced: true,
  },
  ...proxyFields.map((field) => onlyFor('reverse_proxy', field)),
  onlyFor('folder', { path: 'root', type: 'text', label: both('Folder', '目录'), required: true }),
  onlyFor('folder', {
    path: 'browse',
    type: 'boolean',
    label: both('List folders', '列出目录内容'),
    default: false,
  }),
  onlyFor('folder', {
    path: 'single_page',
    type: 'boolean',
    label: both('Single-page application', '单页应用'),
    help: both('Answers /index.html for files that are not there', '文件不存在时返回 /index.html'),
    default: false,
  }),
  onlyFor('page', {
    path: 'content',
    type: 'multiline',
    label: both('HTML', 'HTML'),
    required: true,
  }),
  onlyFor('respond', {
    path: 'status',
    type: 'number',
    label: both('Status', '状态码'),
    default: 200,
  }),
  onlyFor('respond', { path: 'body', type: 'text', label: both('Text', '文本'), default: '' }),
];

const tlsFields: FormField[] = [
  {
    path: 'mode',
    type: 'select',
    label: both('Certificate', '证书'),
    required: true,
    default: 'automatic',
    options: [
      { value: 'automatic', label: both('Automatic (Let’s Encrypt)', '自动（Let’s Encrypt）') },
      { value: 'internal', label: both('Internal authority of the server', '服务器内部 CA') },
      { value: 'own', label: both('Own certificate', '自有证书') },
      { value: 'off', label: both('No TLS (plain HTTP)', '不使用 TLS（明文 HTTP）') },
    ],
  },
  {
    path: 'certificate',
    type: 'multiline',
    label: both('Certificate (PEM)', '证书（PEM）'),
    help: both('With the certificates of the issuers behind it', '其后附上签发者证书'),
    required: true,
    visible_when: { path: 'tls.mode', equals: 'own' },
  },
  {
    path: 'key',
    type: 'secret',
    label: both('Private key (PEM)', '私钥（PEM）'),
    required: true,
    visible_when: { path: 'tls.mode', equals: 'own' },
  },
];

/** Fields of one site. */
export const siteFields: FormField[] = [
  {
    path: 'hosts',
    type: 'list',
    label: both('Domains', '域名'),
    help: both(
      'None: every name. Needed for TLS, except with an own certificate',
      '留空：任意名称。使用 TLS 时必填（自有证书除外）',
    ),
    item: [{ path: '', type: 'text', label: both('Domain', '域名'), required: true }],
  },
  { path: 'tls', type: 'group', label: both('TLS', 'TLS'), fields: tlsFields },
  {
    path: 'routes',
    type: 'list',
    label: both('Routes', '路由'),
    help: both('The longest path is taken first', '最长的路径优先'),
    item: routeFields,
  },
  {
    path: 'redirects',
    type: 'list',
    label: both('Redirects', '重定向'),
    advanced: true,
    item: [
      { path: 'from', type: 'text', label: both('Path', '路径'), required: true },
      {
        path: 'to',
        type: 'text',
        label: both('To', '目标'),
        help: both(
          'URL or path; {uri} and {host} are filled in',
          'URL 或路径；{uri} 与 {host} 会被替换',
        ),
        required: true,
      },
      {
        path: 'permanent',
        type: 'boolean',
        label: both('Permanent (301)', '永久（301）'),
        default: false,
      },
    ],
  },
  {
    path: 'basic_auth',
    type: 'list',
    label: both('Logins (basic authentication)', '登录（基本认证）'),
    advanced: true,
    item: [
      { path: 'username', type: 'text', label: both('Name', '用户名'), required: true },
      { path: 'password', type: 'secret', label: both('Password', '密码'), required: true },
    ],
  },
  headerList('headers', both('Response headers', '响应头')),
  {
    path: 'redirect_http',
    type: 'boolean',
    label: both('Send http to https', '将 http 重定向到 https'),
    default: true,
    advanced: true,
  },
  {
    path: 'compression',
    type: 'boolean',
    label: both('Compression', '压缩'),
    default: true,
    advanced: true,
  },
  {
    path: 'access_log',
    type: 'boolean',
    label: both('Access log in the journal', '访问日志写入 journal'),
    default: false,
    advanced: true,
  },
  {
    path: 'port',
    type: 'number',
    label: both('Port', '端口'),
    help: both('Empty: 443 with TLS, else 80', '留空：使用 TLS 时为 443，否则为 80'),
    advanced: true,
  },
];
