/** Lives of a device that failed once, found at random. */
import type { WhisperrOptions } from "../src/options.ts";
import type { Action, CallBack } from "./device-world.ts";

export interface DeviceExample {
  readonly what: string;
  readonly given: Partial<WhisperrOptions>;
  readonly holds?: true;
  readonly run: readonly Action[];
}

const ONE_BY_ONE = { flushAt: 1, flushIntervalMs: 0, maxQueueSize: 3, maxBatchSize: 1, maxRetries: 0 };

const track: Action = { do: "track" };
const identify = (user: string, token?: number) => ({ do: "identify", user, token }) as const;
const answer = (status: number): Action => ({ do: "answer", status });
const inOnError = (step: CallBack): Action => ({ do: "callBack", step });
const restart: Action = { do: "restart", arrives: true };
const setPushToken = (token: number) => ({ do: "setPushToken", token }) as const;

export const DEVICE_EXAMPLES: readonly DeviceExample[] = [
  {
    what: "a change of tokens arrives, its repetition is refused, and the token before it is set again",
    given: ONE_BY_ONE,
    run: [
      identify("bob"),
      setPushToken(1),
      identify("bob", 2),
      answer(202),
      answer(202),
      restart,
      answer(400),
      setPushToken(1),
    ],
  },
  {
    what: "an opt-out arrives unheard, its repetition is refused, and the user opts in",
    given: ONE_BY_ONE,
    run: [identify("bob", 1), answer(202), { do: "optOut" }, restart, answer(400), { do: "optIn" }],
  },
  {
    what: "a token is set in the onError of an opt-out that is then refused, while a change of tokens is under way",
    given: ONE_BY_ONE,
    run: [
      identify("ada"),
      inOnError(setPushToken(1)),
      answer(202),
      setPushToken(1),
      track,
      setPushToken(2),
      answer(202),
      answer(202),
      { do: "optOut" },
      answer(202),
      answer(400),
    ],
  },
  {
    what: "two users come and go within the onError of one identify",
    given: ONE_BY_ONE,
    run: [
      inOnError(identify("bob")),
      inOnError(identify("ada")),
      identify("ada"),
      track,
      answer(401),
      identify("bob"),
    ],
  },
  {
    what: "another user comes, and does something, in the onError of an eviction that reset() reports",
    given: ONE_BY_ONE,
    run: [
      track,
      identify("ada"),
      track,
      track,
      inOnError(identify("bob")),
      inOnError({ do: "track" }),
      track,
      { do: "reset" },
    ],
  },
  {
    what: "an identify is taken as a probe behind an event that failed alone, and is sent again in its turn",
    given: ONE_BY_ONE,
    run: [
      track,
      answer(503),
      identify("ada", 1),
      answer(503),
      { do: "flush" },
      answer(503),
      setPushToken(2),
      answer(503),
    ],
  },
  {
    what: "an identify is taken as a probe behind an older one that brings no token, and is sent again in its turn",
    given: ONE_BY_ONE,
    run: [
      identify("ada"),
      answer(503),
      setPushToken(1),
      answer(503),
      { do: "flush" },
      answer(503),
      { do: "flush" },
      answer(503),
    ],
  },
  {
    what: "a token is opted out for who was here before, while the events of a new visitor wait for their user",
    given: { ...ONE_BY_ONE, maxQueueSize: 50 },
    holds: true,
    run: [
      identify("ada", 1),
      answer(202),
      { do: "optOut" },
      restart,
      { do: "optIn" },
      track,
      answer(400),
      { do: "setPushPermission", permission: "denied" },
    ],
  },
];
