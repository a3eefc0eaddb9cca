/** What a client for tests keeps: what it was told, and the mistakes that could not be thrown where they were made. */
// Their types by their name, so that declarations hold them once.
import type {
  AnyEvents,
  DeviceRecord,
  EventMap,
  FetchLike,
  Operation,
  WhisperrError,
  WireEvent,
} from "@whisperr/core";
import { bodyOf } from "../events/identify-body.ts";
import { encodeEvent } from "../events/wire.ts";
import { setIdentity } from "../identity/identity-keeper.ts";
import { type Identified, identifiedOf, type Recording, type Tracked, trackedOf } from "./recording.ts";

/** Of one client, or of several that a test looks at as one. */
export interface Notes {
  /** In the order of the calls. */
  readonly said: (Tracked | Identified)[];
  /** What calls did wrong, since somebody looked. */
  readonly errors: WhisperrError[];
}

export const newNotes = (): Notes => ({ said: [], errors: [] });

/** To be told of every operation that is queued. */
export function hear({ said }: Notes, operation: Operation): void {
  // Nobody knows yet whether it will be sent: it comes again when there is a user.
  if (operation.held) return;
  said.push(
    operation.kind === "identify"
      ? identifiedOf(bodyOf(operation))
      : trackedOf(JSON.parse(encodeEvent(operation)) as WireEvent),
  );
}

/** For a client's `onError`: the app's own, or one that has the test fail. */
export const onErrorOf =
  ({ errors }: Notes, given: ((error: WhisperrError) => void) | undefined) =>
  (error: WhisperrError): void => {
    if (given) given(error);
    else errors.push(error);
  };

/** A call that throws what it did wrong, or before it what an earlier one did that nobody waited for. */
export function checked<Arguments extends readonly unknown[], Result>(
  notes: Notes,
  call: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  return (...given) => {
    complain(notes);
    const result = call(...given);
    complain(notes);
    return result;
  };
}

/** No mistakes: a request without a user, and what a user takes back. */
const MEANT: readonly unknown[] = ["no_user", "opted_out", "reset"];

function complain({ errors }: Notes): void {
  const wrong = errors.splice(0).find(({ reason }) => !MEANT.includes(reason));
  if (wrong) throw new Error(`Whisperr: ${wrong.message}`);
}

/** What a test sees of it. */
export function recordingOf<Events extends EventMap = AnyEvents>(notes: Notes): Recording<Events> {
  const { said, errors } = notes;
  const of = checked(notes, (userId?: unknown) =>
    said.filter((one) => userId === undefined || one.userId === `${userId}`),
  );
  const isEvent = (one: Tracked | Identified): one is Tracked => "event" in one;
  return {
    tracked: (event?: string) =>
      of()
        .filter(isEvent)
        .filter((one) => event === undefined || one.event === event) as never,
    identified: (userId) => of(userId).filter((one): one is Identified => !isEvent(one)),
    timeline: (userId) => of(userId) as never,
    clear() {
      said.length = 0;
      errors.length = 0;
    },
  };
}

/** Nobody is known any more, and nobody has opted out. */
export function newVisitor(client: DeviceRecord): void {
  setIdentity(client, { anonymousId: client.newId() });
}

/** The API, where nothing goes wrong. */
export const acceptAll: FetchLike = async () => ({
  status: 202,
  headers: { get: () => null },
  text: async () => "{}",
});
