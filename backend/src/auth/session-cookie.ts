/**
 * Name of the session cookie. The `__Host-` prefix makes browsers refuse it unless it is Secure, for this
 * host alone and for every path (RFC 6265bis, section 4.1.3.2); it cannot be used without TLS.
 */
export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-myx' : 'myx';
}

/** The Set-Cookie value that hands `secret` to the browser. */
export function sessionCookie(secret: string, secure: boolean, maxAgeSeconds: number): string {
  const attributes = ['Path=/', `Max-Age=${maxAgeSeconds}`, 'HttpOnly', 'SameSite=Strict'];
  if (secure) attributes.push('Secure');
  return [`${sessionCookieName(secure)}=${secret}`, ...attributes].join('; ');
}

/** The Set-Cookie value that makes the browser forget the session. */
export function endedSessionCookie(secure: boolean): string {
  return sessionCookie('', secure, 0);
}

/**
 * The session secret in a Cookie header, or undefined. Two different values under our name are none: one
 * of them was planted by somebody else.
 */
export function sessionSecretIn(cookies: string | undefined, secure: boolean): string | undefined {
  const start = `${sessionCookieName(secure)}=`;
  const values = (cookies ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(start))
    .map((pair) => pair.slice(start.length));
  return new Set(values).size === 1 && values[0] !== '' ? values[0] : undefined;
}
