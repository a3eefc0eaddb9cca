/** The API: takes what arrives, once; or does not, as its mood is. Operations are known by the number the test gave them. */
import type { SeededRandom } from "./seeded-random.ts";

export type Mood =
  /** Takes everything but poison. */
  | "well"
  | "unavailable"
  /** 503 with `Retry-After`. */
  | "throttling"
  | "refusesKey"
  /** Nothing is stored and nobody answers. */
  | "hangs"
  /** All is stored, and the answer is lost. */
  | "losesAnswers"
  /** Any of these, for each request anew. */
  | "moody";

export interface ApiAnswer {
  readonly status: number;
  readonly retryAfter?: string;
}

/** An operation as it arrived. */
export interface Received {
  readonly number: number;
  /** Its own bytes. */
  readonly text: string;
  readonly userId: string | undefined;
  readonly anonymousId: string | undefined;
  readonly isPoison: boolean;
}

export interface FakeApi {
  mood: Mood;
  /** Operations that were taken, in the order of their first arrival. */
  readonly stored: ReadonlyMap<number, Received>;
  /** How often an operation arrived that was there already. */
  readonly arrivedAgain: number;
  /** What comes of a request; `hangs`: no answer ever, `lost`: it breaks off. */
  take(path: string, body: string): ApiAnswer | "hangs" | "lost";
}

const MOODS: readonly Mood[] = ["well", "well", "well", "unavailable", "throttling", "hangs", "losesAnswers"];

export function fakeApi(random: SeededRandom): FakeApi {
  const stored = new Map<number, Received>();
  let arrivedAgain = 0;

  function store(operations: readonly Received[]): void {
    for (const operation of operations) {
      if (stored.has(operation.number)) arrivedAgain++;
      else stored.set(operation.number, operation);
    }
  }

  const api = {
    mood: "well" as Mood,
    stored,
    get arrivedAgain() {
      return arrivedAgain;
    },
    take(path: string, body: string): ApiAnswer | "hangs" | "lost" {
      const mood = api.mood === "moody" ? random.pick(MOODS) : api.mood;
      const operations = readRequest(path, body);
      const losesAnswer = mood === "losesAnswers";
      if (mood === "hangs") return "hangs";
      if (mood === "refusesKey") return { status: 401 };
      if (mood === "unavailable") return { status: 503 };
      if (mood === "throttling") return { status: 503, retryAfter: "1" };
      if (operations.some(({ isPoison }) => isPoison)) return losesAnswer ? "lost" : { status: 400 };
      store(operations);
      return losesAnswer ? "lost" : { status: 202 };
    },
  };
  return api;
}

interface WireOperation {
  readonly external_user_id?: string;
  readonly anonymous_id?: string;
  readonly properties?: { readonly n: number; readonly poison?: true };
  readonly traits?: { readonly n: number };
}

/** Throws unless the body is, byte for byte, what its operations make. */
export function readRequest(path: string, body: string): Received[] {
  const isIdentify = path === "/v1/identify";
  const all = isIdentify ? [JSON.parse(body)] : (JSON.parse(body) as { events: object[] }).events;
  const texts = all.map((one) => JSON.stringify(one));
  const whole = isIdentify ? texts.join() : `{"events":[${texts}]}`;
  if (whole !== body) throw new Error(`not the bytes its operations make: ${body}`);
  return all.map((one: WireOperation, index) => ({
    number: (one.properties ?? one.traits)?.n ?? 0,
    text: texts[index] as string,
    userId: one.external_user_id,
    anonymousId: one.anonymous_id,
    isPoison: one.properties?.poison === true,
  }));
}
