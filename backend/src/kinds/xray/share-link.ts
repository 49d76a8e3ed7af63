/** How bytes travel below the protocol. */
export type LinkTransport =
  | { readonly network: 'tcp' }
  | { readonly network: 'ws'; readonly path: string; readonly host: string }
  | {
      readonly network: 'xhttp';
      readonly path: string;
      readonly host: string;
      readonly mode: string;
    };

/** What protects the bytes on the way. */
export type LinkSecurity =
  | { readonly type: 'none' }
  | {
      readonly type: 'tls';
      readonly serverName: string;
      readonly fingerprint: string;
      readonly alpn: readonly string[];
      /** SHA-256 of the only certificate to accept, in hex; empty: as the system trusts. */
      readonly pinnedCertificate: string;
    }
  | {
      readonly type: 'reality';
      readonly serverName: string;
      readonly fingerprint: string;
      readonly publicKey: string;
      readonly shortId: string;
      readonly spiderX: string;
    };

interface LinkBase {
  /** What the client program shows. */
  readonly name: string;
  /** Host name or IP address, without brackets. */
  readonly address: string;
  readonly port: number;
}

interface StreamedLink extends LinkBase {
  readonly transport: LinkTransport;
  readonly security: LinkSecurity;
}

/** `vless://` */
export interface VlessLink extends StreamedLink {
  readonly protocol: 'vless';
  readonly uuid: string;
  /** Empty, or `xtls-rprx-vision`. */
  readonly flow: string;
}

/** `trojan://` */
export interface TrojanLink extends StreamedLink {
  readonly protocol: 'trojan';
  readonly password: string;
}

/** `vmess://`; the cipher is always `auto`. */
export interface VmessLink extends StreamedLink {
  readonly protocol: 'vmess';
  readonly uuid: string;
}

/** `ss://`; for the 2022 methods the password is `server key:client key`. */
export interface ShadowsocksLink extends LinkBase {
  readonly protocol: 'shadowsocks';
  readonly method: string;
  readonly password: string;
}

/** What a share link says. */
export type ShareLink = VlessLink | TrojanLink | VmessLink | ShadowsocksLink;
