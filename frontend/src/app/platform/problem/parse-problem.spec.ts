import { describe, expect, it } from '@jest/globals';
import { HttpErrorResponse, HttpHeaders } from '@angular/common/http';
import { toProblem } from './parse-problem';
import { Problem } from './problem';

const document = {
  type: 'urn:myx:error:invalid_request',
  title: 'The request is not valid',
  status: 400,
  detail: 'name: too long',
  name: 'invalid_request',
  code: 1000,
  correlation_id: 'abc-1',
  errors: [{ path: 'name', message: 'too long' }, { path: 3 }],
  retry_after_seconds: 30,
};

describe('toProblem', () => {
  it.each([
    ['an object', document],
    ['text, as when the answer was expected to be text', JSON.stringify(document)],
  ])('reads a problem document given as %s', (_form, error) => {
    const problem = toProblem(new HttpErrorResponse({ status: 400, error }));

    expect(problem).toMatchObject({
      name: 'invalid_request',
      title: 'The request is not valid',
      detail: 'name: too long',
      code: 1000,
      status: 400,
      correlationId: 'abc-1',
      fields: [{ path: 'name', message: 'too long' }],
      errors: [{ path: 'name', message: 'too long' }, { path: 3 }],
      extra: { retry_after_seconds: 30 },
    });
    expect(problem.isRetryable).toBe(false);
  });

  it('says that nothing answered', () => {
    const problem = toProblem(new HttpErrorResponse({ status: 0 }));

    expect(problem.name).toBe('manager_unreachable');
    expect(problem.isUnreachable).toBe(true);
    expect(problem.isRetryable).toBe(true);
  });

  it.each(['<html>Bad gateway</html>', null, [], { title: 'half' }, 'null'])(
    'does not take %j for a problem document',
    (error) => {
      const headers = new HttpHeaders({ 'x-request-id': 'proxy-7' });

      const problem = toProblem(new HttpErrorResponse({ status: 502, error, headers }));

      expect(problem.name).toBe('unexpected_answer');
      expect(problem.detail).toContain('502');
      expect(problem.correlationId).toBe('proxy-7');
      expect(problem.isRetryable).toBe(true);
    },
  );

  it('keeps a problem, and names a bug as one', () => {
    const problem = toProblem(new TypeError('x is undefined'));

    expect(toProblem(problem)).toBe(problem);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem.name).toBe('console_error');
    expect(problem.detail).toBe('x is undefined');
  });
});
