/** An answer that was not expected, with the problem document for the test's report. */
export class UnexpectedAnswer extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(method: string, route: string, status: number, body: unknown) {
    super(`${method} ${route} answered ${status}: ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

const SUCCESS = [200, 201, 202, 204];

/** The REST API as a CI pipeline would use it. Every call throws unless the status is expected. */
export class ApiClient {
  readonly url: string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(url: string, token?: string, cookie?: string) {
    this.url = url;
    this.headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(cookie === undefined ? {} : { cookie, origin: url }),
    };
  }

  get<Body>(route: string): Promise<Body> {
    return this.send<Body>('GET', route, undefined, SUCCESS);
  }

  post<Body>(route: string, body: unknown = {}, expected = SUCCESS): Promise<Body> {
    return this.send<Body>('POST', route, body, expected);
  }

  put<Body>(route: string, body: unknown, expected = SUCCESS): Promise<Body> {
    return this.send<Body>('PUT', route, body, expected);
  }

  patch<Body>(route: string, body: unknown, expected = SUCCESS): Promise<Body> {
    return this.send<Body>('PATCH', route, body, expected);
  }

  delete<Body>(route: string, expected = SUCCESS): Promise<Body> {
    return this.send<Body>('DELETE', route, undefined, expected);
  }

  /** The raw answer, for byte streams and headers. */
  async raw(route: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + route, {
      ...init,
      headers: { ...this.headers, ...(init.headers as Record<string, string> | undefined) },
    });
  }

  /** Signs in and answers a client that carries the session cookie. */
  async signIn(login: string, password: string): Promise<ApiClient> {
    const response = await this.raw('/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.url },
      body: JSON.stringify({ login, password }),
    });
    const cookie = response.headers.getSetCookie()[0]?.split(';')[0];
    if (!response.ok || cookie === undefined) {
      throw new UnexpectedAnswer('POST', '/api/v1/session', response.status, await response.text());
    }
    return new ApiClient(this.url, undefined, cookie);
  }

  private async send<Body>(
    method: string,
    route: string,
    body: unknown,
    expected: readonly number[],
  ): Promise<Body> {
    const response = await this.raw(route, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    if (!expected.includes(response.status)) {
      throw new UnexpectedAnswer(method, route, response.status, answer);
    }
    return answer as Body;
  }
}
