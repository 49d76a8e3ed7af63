import type { CreatedApiToken } from '../platform/api/generated/models/created-api-token';

/**
 * How a pipeline uses a token: one that may run commands runs one and waits for its end, one that may only
 * look reads the health board. The token itself stays in a variable, as it should in a pipeline.
 */
export function curlExample(origin: string, { role }: Pick<CreatedApiToken, 'role'>): string {
  const start = `curl --fail-with-body -sS \\\n  -H "Authorization: Bearer $MYX_TOKEN" \\\n`;
  if (role === 'viewer') return `${start}  ${origin}/api/v1/board`;
  return (
    `${start}  -H "Content-Type: application/json" \\\n` +
    `  -H "Idempotency-Key: $CI_JOB_ID" \\\n` +
    `  -d '{"command": "systemctl", "args": ["reload", "caddy"]}' \\\n` +
    `  "${origin}/api/v1/servers/$SERVER_ID/commands?wait=60"`
  );
}
