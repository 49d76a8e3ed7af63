import { HttpErrorResponse } from '@angular/common/http';
import { Problem } from './problem';
import type { FieldProblem } from './problem';

const KNOWN_MEMBERS = new Set([
  'type',
  'title',
  'status',
  'detail',
  'name',
  'code',
  'correlation_id',
  'errors',
]);

/** Turns anything a request can fail with into a {@link Problem}. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HttpErrorResponse) return fromResponse(error);
  return new Problem(
    {
      name: 'console_error',
      title: 'Something went wrong in the console',
      detail: error instanceof Error ? error.message : String(error),
      status: -1,
    },
    { cause: error },
  );
}

function fromResponse(response: HttpErrorResponse): Problem {
  if (response.status === 0) {
    return new Problem(
      {
        name: 'manager_unreachable',
        title: 'The manager cannot be reached',
        detail: 'Nothing answered. Check the network and that the manager is running.',
        status: 0,
      },
      { cause: response },
    );
  }
  return fromDocument(response) ?? unexpectedAnswer(response);
}

function fromDocument(response: HttpErrorResponse): Problem | null {
  const document = asRecord(response.error) ?? parsed(response.error);
  if (document === null) return null;
  const { name, title, detail, code } = document;
  if (typeof name !== 'string' || typeof title !== 'string' || typeof detail !== 'string') {
    return null;
  }
  const correlationId = document.correlation_id;
  return new Problem(
    {
      name,
      title,
      detail,
      status: response.status,
      ...(typeof code === 'number' ? { code } : {}),
      ...(typeof correlationId === 'string' ? { correlationId } : {}),
      fields: fieldsOf(document.errors),
      errors: recordsOf(document.errors),
      extra: Object.fromEntries(
        Object.entries(document).filter(([key]) => !KNOWN_MEMBERS.has(key)),
      ),
    },
    { cause: response },
  );
}

/** Something between the browser and the manager answered, or a manager of another version. */
function unexpectedAnswer(response: HttpErrorResponse): Problem {
  const correlationId = response.headers.get('x-request-id');
  return new Problem(
    {
      name: 'unexpected_answer',
      title: 'The answer could not be understood',
      detail: `The answer was ${response.status}, without a problem document. A proxy may have answered in place of the manager.`,
      status: response.status,
      ...(correlationId === null ? {} : { correlationId }),
    },
    { cause: response },
  );
}

function recordsOf(errors: unknown): readonly Record<string, unknown>[] {
  if (!Array.isArray(errors)) return [];
  return errors.map(asRecord).filter((entry) => entry !== null);
}

function fieldsOf(errors: unknown): readonly FieldProblem[] {
  return recordsOf(errors).flatMap(({ name, path = name, message }) => {
    return typeof path === 'string' && typeof message === 'string' ? [{ path, message }] : [];
  });
}

function parsed(body: unknown): Record<string, unknown> | null {
  if (typeof body !== 'string') return null;
  try {
    return asRecord(JSON.parse(body));
  } catch (error) {
    // Not JSON: some other program's error page.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function asRecord(value: unknown): Record<string, unknown> | null {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && !(value instanceof Blob) && !(value instanceof ArrayBuffer)
    ? (value as Record<string, unknown>)
    : null;
}
