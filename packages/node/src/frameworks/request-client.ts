/** The client of a request: the calls of its user, whoever that is when a call is made. */
import {
  checkOptionNames,
  describeThrown,
  diagnostics,
  type EventMap,
  isThenable,
  misuse,
  type Names,
  quote,
  requestCallsOf,
  type UserClient,
} from "@whisperr/core";
import type { Whisperr } from "../create-whisperr.ts";
import type { RegisteredEvents } from "../register.ts";
import { requestsOfProcess } from "./requests.ts";
import { PLACES, textOf, type UserId, userIn } from "./users.ts";

/** How the user of a request is found. The arguments are the framework's own. */
export type ResolveUser<Request extends readonly unknown[]> = (
  ...request: Request
) => UserId | PromiseLike<UserId>;

/** What the middleware of every framework can be told. */
export interface RequestOptions<Request extends readonly unknown[]> {
  /**
   * The user of a request; undefined or null when there is none. It may be async: then a request asks until somebody is found, and its
   * calls wait, with the values and the moment that they had.
   * @default where the common authentication libraries put the user
   */
  readonly resolveUser?: ResolveUser<Request> | undefined;
}

export const REQUEST_OPTION_NAMES: Names<RequestOptions<[]>> = { resolveUser: true };

/** What the middleware of one framework is. */
export interface Framework<Request extends readonly unknown[]> {
  /** As the app calls it: `whisperrExpress()`. */
  readonly name: string;
  /** The options it takes. Default: `resolveUser` alone. */
  readonly names?: Names<object>;
  /** What may hold the user, by default. */
  readonly holders: (...request: Request) => readonly unknown[];
  /** Their names. */
  readonly where: string;
  /** Where users stand that have to be waited for; asked when the holders have none. */
  readonly elsewhere?: (...request: Request) => Promise<UserId> | undefined;
  /** Where it stands in them. Default: where the common authentication libraries put it. */
  readonly places?: readonly string[];
}

/** The longest time an async `resolveUser` may take. Whose calls wait longer is not known. */
const MAX_LOOKUP_MS = 10_000;

/** Throws an Error that names the fix when it is given no client, or something else than a function to find users. */
export function requestClients<
  Request extends readonly unknown[],
  Events extends EventMap = RegisteredEvents,
>(
  whisperr: Whisperr<Events>,
  options: RequestOptions<Request> | undefined,
  { name, names = REQUEST_OPTION_NAMES, holders, elsewhere, where, places = PLACES }: Framework<Request>,
): (...request: Request) => UserClient<Events> {
  if (typeof whisperr?.forUser !== "function")
    throw misuse(`${name} takes the client that createWhisperr() made`);
  checkOptionNames(options, names, name, console.warn);
  const resolveUser = options?.resolveUser ?? undefined;
  if (resolveUser !== undefined && typeof resolveUser !== "function")
    throw misuse("resolveUser must be a function");
  const find =
    resolveUser ?? ((...request: Request) => userIn(holders(...request), places) ?? elsewhere?.(...request));
  const looked = resolveUser
    ? "resolveUser found nobody"
    : `looked for ${places.join(", ")} in ${where}; resolveUser can say who it is`;
  const leaveOut = (call: string) => withoutUser(whisperr, call, looked);

  return (...request) => {
    let lookup: Promise<unknown> | undefined;
    const calls = (call: () => string): UserClient<Events> | undefined => {
      const found = lookup ?? asked(whisperr, () => find(...request));
      if (isThenable(found)) {
        // For all calls from now on, so that they keep their order; unless it finds nobody, or fails.
        lookup ??= lookedUp(whisperr, found).then((id) => {
          if (id === undefined || id === null || id instanceof Error) lookup = undefined;
          return id;
        });
        return later(whisperr, lookup, leaveOut);
      }
      if (found instanceof Error) {
        requestCallsOf(whisperr)?.fail(call(), found);
        return undefined;
      }
      if (found !== undefined) return whisperr.forUser(found as string);
      leaveOut(call());
      return undefined;
    };
    return {
      track: (event, ...rest) => calls(() => `track(${quote(event)})`)?.track(event, ...rest),
      identify: (identity) => calls(() => "identify()")?.identify(identity),
    };
  };
}

/** Whom `find` gives; undefined: nobody. An Error: why that is not known, and the call is refused, and reported, with its words. */
function asked<Events extends EventMap>(whisperr: Whisperr<Events>, find: () => unknown): unknown {
  try {
    const given = textOf(find());
    return given === null || given === "" ? undefined : given;
  } catch (error) {
    const why = `resolveUser threw: ${describeThrown(error)}`;
    whisperr[diagnostics]?.(why);
    return new Error(why);
  }
}

/** The same of an async one. Never rejects. */
async function lookedUp<Events extends EventMap>(
  whisperr: Whisperr<Events>,
  given: PromiseLike<unknown>,
): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const end = () => reject(new Error(`no answer within ${MAX_LOOKUP_MS} ms`));
    timer = setTimeout(end, MAX_LOOKUP_MS);
    timer.unref?.();
  });
  try {
    const id = await Promise.race([given, late]);
    return asked(whisperr, () => id);
  } catch (error) {
    return asked(whisperr, () => {
      throw error;
    });
  } finally {
    clearTimeout(timer);
  }
}

function later<Events extends EventMap>(
  whisperr: Whisperr<Events>,
  user: Promise<unknown>,
  leaveOut: (call: string) => void,
): UserClient<Events> {
  const calls = requestCallsOf(whisperr);
  if (calls) return calls.later(user, leaveOut) as UserClient<Events>;
  // A disabled client, or a test's own.
  const then = (call: (user: UserClient<Events>) => void) =>
    void user.then((id) =>
      id === undefined || id instanceof Error ? undefined : call(whisperr.forUser(id as string)),
    );
  return {
    track: (event, ...rest) => then((own) => own.track(event, ...rest)),
    identify: (identity) => then((own) => own.identify(identity)),
  };
}

/** Counted each time, and told once in the life of the process: a site has visitors, too. */
function withoutUser<Events extends EventMap>(
  whisperr: Whisperr<Events>,
  call: string,
  looked: string,
): void {
  const calls = requestCallsOf(whisperr);
  if (calls === undefined) return;
  const requests = requestsOfProcess();
  const isFirst = !requests.isTold;
  requests.isTold = true;
  const more = isFirst ? " Further ones are only counted, in stats(), as no_user." : "";
  calls.leaveOut(`${call} was left out, for its request has no user: ${looked}.${more}`, isFirst);
}
