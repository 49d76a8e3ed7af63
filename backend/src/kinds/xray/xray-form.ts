import type { FormDescription, FormField, Localized } from '../../deployments/index.js';
import { DEFAULT_XRAY_VERSION, XRAY_LOG_LEVELS } from './xray-config.schema.js';
import { FINGERPRINTS, SHADOWSOCKS_METHODS, XHTTP_MODES } from './xray-inbound.schema.js';
import type { XrayInboundType } from './xray-inbound.schema.js';

const BEHIND_CADDY = ['vless_ws', 'trojan_ws', 'vmess_ws', 'vless_xhttp'] as const;

/** The form of Xray. What it leaves out, such as keys, is made. */
export const xrayForm: FormDescription = {
  fields: [
    {
      path: 'address',
      type: 'text',
      label: both('Server address', '服务器地址'),
      help: both(
        'DNS name or IP address that clients dial; written into share links. Empty: the server’s own',
        '客户端连接的域名或 IP 地址，会写入分享链接。留空：服务器自身的地址',
      ),
    },
    {
      path: 'inbounds',
      type: 'list',
      label: both('Ways in', '入站'),
      required: true,
      default: [{ type: 'vless_reality', port: 443, target: '' }],
      item: inboundFields(),
    },
    {
      path: 'clients',
      type: 'list',
      label: both('Clients', '客户端'),
      help: both(
        'Each gets keys, links and traffic counters of its own; more can be added at any time',
        '每个客户端拥有独立的密钥、链接与流量统计，之后可随时添加',
      ),
      item: [
        { path: 'name', type: 'text', label: both('Name', '名称'), required: true },
        { path: 'enabled', type: 'boolean', label: both('Enabled', '启用'), default: true },
      ],
    },
    ...advancedFields(),
  ],
};

function inboundFields(): FormField[] {
  return [
    {
      path: 'type',
      type: 'select',
      label: both('Type', '类型'),
      default: 'vless_reality',
      options: [
        option('vless_reality', 'VLESS with REALITY and Vision', 'VLESS + REALITY + Vision'),
        option('vless_ws', 'VLESS over WebSocket, behind Caddy', 'VLESS + WebSocket（经 Caddy）'),
        option('vless_xhttp', 'VLESS over XHTTP, behind Caddy', 'VLESS + XHTTP（经 Caddy）'),
        option(
          'trojan_ws',
          'Trojan over WebSocket, behind Caddy',
          'Trojan + WebSocket（经 Caddy）',
        ),
        option('vmess_ws', 'VMess over WebSocket, behind Caddy', 'VMess + WebSocket（经 Caddy）'),
        option('shadowsocks_2022', 'Shadowsocks 2022', 'Shadowsocks 2022'),
      ],
    },
    { path: 'port', type: 'number', label: both('Port', '端口'), required: true, default: 443 },
    onlyFor('vless_reality', {
      path: 'target',
      type: 'text',
      label: both('Camouflage target', '伪装目标'),
      help: both(
        'The site that everybody else sees, such as www.example.com:443; the scan finds good ones',
        '其他访问者看到的网站，例如 www.example.com:443；可用扫描挑选',
      ),
      required: true,
    }),
    ...BEHIND_CADDY.map((type) =>
      onlyFor(type, {
        path: 'host',
        type: 'text',
        label: both('Site on Caddy', 'Caddy 站点域名'),
        required: true,
      }),
    ),
    ...BEHIND_CADDY.map((type) =>
      onlyFor(type, {
        path: 'path',
        type: 'text',
        label: both('Path', '路径'),
        help: both('Empty: a secret one is made', '留空：自动生成隐秘路径'),
        advanced: true,
      }),
    ),
    onlyFor('vless_xhttp', {
      path: 'mode',
      type: 'select',
      label: both('XHTTP mode', 'XHTTP 模式'),
      default: 'auto',
      options: plain(XHTTP_MODES),
      advanced: true,
    }),
    onlyFor('shadowsocks_2022', {
      path: 'method',
      type: 'select',
      label: both('Method', '加密方法'),
      default: SHADOWSOCKS_METHODS[0],
      options: plain(SHADOWSOCKS_METHODS),
    }),
    {
      path: 'tag',
      type: 'text',
      label: both('Tag', '标签'),
      help: both('Needed when there are several of one type', '同类型有多个时必填'),
      advanced: true,
    },
    ...realityFields().map((field) => onlyFor('vless_reality', { ...field, advanced: true })),
  ];
}

function realityFields(): FormField[] {
  return [
    {
      path: 'server_names',
      type: 'list',
      label: both('Server names', '服务器名称'),
      help: both('Empty: the target’s own', '留空：使用目标自身的名称'),
      item: [{ path: '', type: 'text', label: both('Name', '名称') }],
    },
    {
      path: 'fingerprint',
      type: 'select',
      label: both('TLS fingerprint in links', '链接中的 TLS 指纹'),
      default: 'chrome',
      options: plain(FINGERPRINTS),
    },
    {
      path: 'min_client_version',
      type: 'text',
      label: both('Oldest client version', '最低客户端版本'),
      help: both('Empty: every client is let in', '留空：不限制客户端版本'),
    },
    {
      path: 'private_key',
      type: 'secret',
      label: both('Private key', '私钥'),
      help: both('Empty: one is made', '留空：自动生成'),
    },
  ];
}

function advancedFields(): FormField[] {
  const fields: FormField[] = [
    {
      path: 'version',
      type: 'text',
      label: both('Xray version', 'Xray 版本'),
      default: DEFAULT_XRAY_VERSION,
    },
    {
      path: 'source',
      type: 'select',
      label: both('Release archive', '发行包来源'),
      default: 'manager',
      options: [
        option('manager', 'The manager downloads and uploads it', '由管理器下载并上传'),
        option('host', 'The server downloads it', '由服务器自行下载'),
      ],
    },
    {
      path: 'runtime',
      type: 'select',
      label: both('Runs as', '运行方式'),
      default: 'native',
      options: [
        option('native', 'A service of the system', '系统服务'),
        option('docker', 'A container (needs a Docker engine)', '容器（需要 Docker）'),
      ],
    },
    {
      path: 'memory_max_mb',
      type: 'number',
      label: both('Memory limit, MiB', '内存上限（MiB）'),
      default: 1024,
    },
    {
      path: 'routing.block_private',
      type: 'boolean',
      label: both('Keep clients from private addresses', '禁止访问内网地址'),
      default: true,
    },
    {
      path: 'routing.block_bittorrent',
      type: 'boolean',
      label: both('Block BitTorrent', '禁止 BitTorrent'),
      default: true,
    },
    {
      path: 'stats.enabled',
      type: 'boolean',
      label: both('Count traffic per client', '按客户端统计流量'),
      default: true,
    },
    {
      path: 'log_level',
      type: 'select',
      label: both('Log level', '日志级别'),
      default: 'warning',
      options: plain(XRAY_LOG_LEVELS),
    },
    {
      path: 'access_log',
      type: 'boolean',
      label: both('Log every connection', '记录每个连接'),
      default: false,
    },
    {
      path: 'custom.outbounds',
      type: 'code',
      language: 'json',
      label: both('Further outbounds', '更多出站'),
      help: both(
        'A JSON list in Xray’s own format; shown to everybody who may read deployments',
        'Xray 原生格式的 JSON 列表；有部署读取权限的人均可见',
      ),
      default: '[]',
    },
    {
      path: 'custom.rules',
      type: 'code',
      language: 'json',
      label: both('Further routing rules', '更多路由规则'),
      default: '[]',
    },
  ];
  return fields.map((field) => ({ ...field, advanced: true }));
}

/** The path is relative to the item: its own type. */
function onlyFor(type: XrayInboundType, field: FormField): FormField {
  return { ...field, visible_when: { path: 'type', equals: type } };
}

function both(en: string, zh: string): Localized {
  return { en, 'zh-CN': zh };
}

function option(value: string, en: string, zh: string) {
  return { value, label: both(en, zh) };
}

function plain(values: readonly string[]) {
  return values.map((value) => option(value, value, value));
}
