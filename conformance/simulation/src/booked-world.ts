/** What worlds of servers and of isolates have in common: clients whose every call is in the books. */
import { type ApiSettings, type SimulatedApi, simulatedApi } from "./api.ts";
import { audit } from "./judge/audit.ts";
import { type Books, createBooks } from "./judge/books.ts";
import { type SeededRandom, seededRandom } from "./seeded-random.ts";
import { START_MS, settle, type VirtualTime, virtualTime } from "./virtual-time.ts";
import type { Figures, Tell } from "./world.ts";

/** `Client`: what is checked after something has happened in it. */
export interface BookedWorld<Client> {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly api: SimulatedApi;
  readonly books: Books;
  tell(line: string): void;
  /** Something happened in a client: it is to be looked at. */
  touch(client: Client): void;
  /** Lets all go on that can, and checks. */
  pause(): Promise<void>;
  advance(ms: number): Promise<void>;
}

export function bookedWorld<Client extends { check(): void }>(
  seed: number,
  settings: ApiSettings,
  tell: Tell | undefined,
): BookedWorld<Client> {
  const time = virtualTime();
  const random = seededRandom(seed);
  const books = createBooks();
  const touched = new Set<Client>();

  function check(): void {
    for (const client of touched) client.check();
    touched.clear();
    if (books.violation !== undefined) throw new Error(books.violation);
  }

  return {
    time,
    random,
    books,
    api: simulatedApi(random, () => START_MS + time.elapsedMs, settings),
    tell: tell === undefined ? () => {} : (line) => tell(`${time.elapsedMs} ${line}`),
    touch: (client) => void touched.add(client),
    async pause() {
      await settle();
      check();
    },
    advance: (ms) => time.advance(ms, check),
  };
}

/** From the first action to the day when all is well again. Throws at the first thing that must not be. */
export async function playOut<Action>(
  world: Pick<BookedWorld<never>, "time" | "api" | "books" | "tell" | "pause">,
  actions: readonly Action[],
  perform: (action: Action) => Promise<void> | void,
  heal: () => Promise<void>,
): Promise<Figures> {
  const { time, books, api } = world;
  for (const action of actions) {
    world.tell(JSON.stringify(action));
    await perform(action);
    await world.pause();
  }
  await heal();
  audit(books, api);
  const calls = books.calls.length - 1;
  return { events: actions.length + calls + time.tasks + api.judged, elapsedMs: time.elapsedMs };
}
