/**
 * What an SDK sends (contract, sections 4 and 5): the same bytes on every attempt, and nothing again that it knows to have
 * arrived. `Traffic` remembers what the rules need; each rule looks at a request as it goes out.
 */

/** What tells operations apart: an event's message id, or the number its call had. */
export type Key = string | number;

export interface Operation {
  readonly key: Key;
  /** Exactly as sent. */
  readonly bytes: string;
}

export interface Request {
  /** In complaints, e.g. "request #3". */
  readonly name: string;
  readonly operations: readonly Operation[];
}

export interface Traffic {
  /** The bytes of its first attempt, by operation. */
  readonly bytes: Map<Key, string>;
  /** The requests that brought an operation, as their senders know. */
  readonly acknowledgedBy: Map<Key, Set<Request>>;
}

/** In so many attempts one operation must have failed alone before another one may be probed. */
export const FEWEST_ATTEMPTS_ALONE = 3;

export const noTraffic = (): Traffic => ({ bytes: new Map(), acknowledgedBy: new Map() });

/** Same operation, same bytes on every attempt; and an operation is in a request once. */
export function changedBytes({ bytes }: Traffic, { name, operations }: Request): string[] {
  const problems: string[] = [];
  const here = new Set<Key>();
  for (const { key, bytes: now } of operations) {
    if (here.has(key)) problems.push(`${name} carries ${key} twice`);
    here.add(key);
    const first = bytes.get(key);
    if (first === undefined) bytes.set(key, now);
    else if (first !== now) problems.push(`${name} changed ${key}: ${first} became ${now}`);
  }
  return problems;
}

/** Nothing acknowledged is sent again. */
export function sentAgain({ acknowledgedBy }: Traffic, { name, operations }: Request): string[] {
  const again = operations.filter(({ key }) => acknowledgedBy.has(key));
  if (again[0] === undefined) return [];
  const [first] = acknowledgedBy.get(again[0].key) ?? [];
  return [`${name} sends ${again.length} events again that ${first?.name} acknowledged`];
}

/** Its sender knows that all of it has arrived. */
export function acknowledge({ acknowledgedBy }: Traffic, request: Request): void {
  for (const { key } of request.operations)
    acknowledgedBy.set(key, (acknowledgedBy.get(key) ?? new Set()).add(request));
}

/** Its sender died before it could act on the answer. */
export function answerCameToNothing({ acknowledgedBy }: Traffic, request: Request): void {
  for (const { key } of request.operations) {
    const by = acknowledgedBy.get(key);
    if (by?.delete(request) && by.size === 0) acknowledgedBy.delete(key);
  }
}
