import { createMemoryOutbox, createWhisperr, type Whisperr } from "@whisperr/node";
import { expect, test, vi } from "vitest";
import { WhisperrModule, type WhisperrModuleOptions, type WhisperrRecording } from "./nestjs.ts";

/** What Nest does with the providers of the module, as far as its client needs it. */
function clientOf({ providers = [] }: ReturnType<typeof WhisperrModule.forTesting>) {
  const [options, client] = providers as unknown as [
    { useValue: object },
    { useFactory(given: object): Whisperr },
  ];
  const recording = (providers.at(-1) as { useValue: WhisperrRecording }).useValue;
  return { whisperr: client.useFactory(options.useValue), recording };
}

const own = createWhisperr({ apiKey: "wrk_test", disabled: true });
const ofApp: [string, () => WhisperrModuleOptions][] = [
  ["a client", () => ({ whisperr: own })],
  ["an outbox", () => ({ outbox: createMemoryOutbox() })],
  ["a client that does nothing", () => ({ disabled: true })],
];

test.each(ofApp)(
  "forTesting() with the options of an app that has %s records, and sends nothing",
  async (_name, options) => {
    const given = options();
    const { whisperr, recording } = clientOf(WhisperrModule.forTesting(given));
    whisperr.track("ada", "plan_upgraded");
    expect(recording.events).toMatchObject([{ external_user_id: "ada", event_type: "plan_upgraded" }]);
    expect(given.outbox?.size ?? 0).toBe(0);
    await whisperr.shutdown();
  },
);

test("a module that gets a client says which of the client's options it ignores", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const { providers = [] } = WhisperrModule.forRoot({ whisperr: own, apiKey: "wrk_test", closeTimeoutMs: 1 });
  const [options, client] = providers as unknown as [
    { useValue: object },
    { useFactory(given: object): Whisperr },
  ];
  expect(client.useFactory(options.useValue)).toBe(own);
  expect(warn.mock.calls.flat()).toEqual([
    "[whisperr] WhisperrModule got a client, and ignores apiKey: write that at its createWhisperr().",
  ]);
  warn.mockRestore();
});
