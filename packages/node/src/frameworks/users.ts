/** Where authentication libraries put the user of a request. */
import { ignoreRejection } from "@whisperr/core";

/** Whoever a request belongs to; undefined or null: nobody. */
export type UserId = string | number | bigint | ObjectIdLike | null | undefined;

/** An id of MongoDB. */
export interface ObjectIdLike {
  /** Its text. */
  toHexString(): string;
}

/** In the order they are looked at; the first usable one is the user. */
export const PLACES = [
  // Passport and most others, with ids of SQL, MongoDB, Firebase, and of tokens (JWT, Supabase, Auth0).
  "user.id",
  "user._id",
  "user.uid",
  "user.user_id",
  "user.userId",
  "user.sub",
  // Clerk, and Auth0 for APIs and for pages. Then other tokens.
  "auth().userId",
  "auth.userId",
  "auth.payload.sub",
  "oidc.user.sub",
  "auth.sub",
  // Sessions: express-session, Auth.js, Better Auth, Supabase; and Passport's before it has asked the database.
  "session.userId",
  "session.user.id",
  "session.passport.user",
  "claims.sub",
  "userId",
] as const;

/** The user that one of these holds; what an earlier one says comes first. */
export function userIn(holders: readonly unknown[], places: readonly string[] = PLACES): string | undefined {
  for (const holder of holders) {
    for (const place of places) {
      const id = idOf(read(holder, place));
      if (id !== undefined) return id;
    }
  }
  return undefined;
}

/** What stands at a place. Whoever throws while it is read has nobody. */
function read(holder: unknown, place: string): unknown {
  let value = holder;
  try {
    for (const step of place.split(".")) value = isHolder(value) ? stepInto(value, step) : undefined;
    return value;
  } catch {
    return undefined;
  }
}

function stepInto(holder: Record<string, unknown>, step: string): unknown {
  if (!step.endsWith("()")) return holder[step];
  const name = step.slice(0, -2);
  const called = typeof holder[name] === "function" ? (holder[name] as () => unknown)() : undefined;
  ignoreRejection(called);
  return called;
}

function isHolder(value: unknown): value is Record<string, unknown> {
  return value !== null && (typeof value === "object" || typeof value === "function");
}

function idOf(value: unknown): string | undefined {
  const id = textOf(value);
  if (typeof id === "string") return id.trim() === "" ? undefined : id;
  return Number.isSafeInteger(id) || typeof id === "bigint" ? String(id) : undefined;
}

/** An ObjectId, as text; anything else as it is. */
export function textOf(value: unknown): unknown {
  const id = value as { toHexString?: unknown } | null | undefined;
  return typeof id === "object" && typeof id?.toHexString === "function" ? id.toHexString() : value;
}
