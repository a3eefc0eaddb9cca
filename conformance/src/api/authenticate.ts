/** CONTRACT sections 1 and 8: 401 for no or a wrong key, 403 for a revoked one. */
import { type Answer, refusal } from "./answer.ts";
import type { RecordedRequest } from "./recorded-request.ts";

export interface Keys {
  valid: string[];
  revoked: string[];
}

/** The refusal, or null when the key may ingest. No message repeats the key. */
export function authenticate(request: RecordedRequest, keys: Keys): Answer | null {
  const key = request.headers["x-api-key"] ?? bearer(request.headers.authorization);
  if (key === undefined) return refusal(401, "missing_api_key", "Send the key as X-API-Key.", request.index);
  if (keys.revoked.includes(key))
    return refusal(403, "revoked_api_key", "This key was revoked.", request.index);
  if (!keys.valid.includes(key))
    return refusal(401, "invalid_api_key", "This key is not known.", request.index);
  return null;
}

function bearer(authorization: string | undefined): string | undefined {
  return /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
}
