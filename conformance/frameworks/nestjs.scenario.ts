/** What the apps of NestJS do not show: its module in tests, a function for users, and contexts that are no HTTP requests. */
import "reflect-metadata";
import { ContextIdFactory, ExternalContextCreator } from "@nestjs/core";
import { Test } from "@nestjs/testing";
import { currentWhisperr, type WhisperrError } from "@whisperr/node";
import { RequestWhisperr, WhisperrModule, WhisperrRecording, WhisperrService } from "@whisperr/node/nestjs";
import { expect, test, vi } from "vitest";

test("forTesting() sends nothing, needs no key, and has what was recorded", async () => {
  const moduleRef = await Test.createTestingModule({ imports: [WhisperrModule.forTesting()] }).compile();
  const whisperr = moduleRef.get<WhisperrService>(WhisperrService);
  const recording = moduleRef.get(WhisperrRecording);
  whisperr.track("ada", "order_placed", { amount_cents: 4900 });
  whisperr.identify("ada", { email: "ada@example.com" });
  expect(recording.events).toMatchObject([
    { external_user_id: "ada", event_type: "order_placed", properties: { amount_cents: 4900 } },
  ]);
  await moduleRef.close();
  expect(recording.identified).toMatchObject([{ external_user_id: "ada" }]);
  expect(whisperr.stats()).toMatchObject({ delivered: 2, pending: 0 });
});

test.each([
  ["SIGTERM", [{ type: "retry_exhausted", count: 1 }, { reason: "shut_down" }]],
  [undefined, []],
])(
  "an end by %s tells what stays behind, and one that the process outlives takes no calls away",
  async (signal, told) => {
    const errors: WhisperrError[] = [];
    const module = WhisperrModule.forRoot({
      apiKey: "wrk_test",
      fetch: () => new Promise(() => {}),
      closeTimeoutMs: 50,
      onError: (error) => void errors.push(error),
    });
    const moduleRef = await Test.createTestingModule({ imports: [module] }).compile();
    const whisperr = moduleRef.get<WhisperrService>(WhisperrService);
    whisperr.track("ada", "order_placed");
    await moduleRef.close(signal);
    whisperr.track("ada", "order_placed");
    expect(errors).toMatchObject(told);
    expect(errors).toHaveLength(told.length);
  },
);

test("resolveUser says whose a request is", async () => {
  const resolveUser = async ({ account }: { account: string }) => account;
  const imports = [WhisperrModule.forTesting({ resolveUser })];
  const moduleRef = await Test.createTestingModule({ imports }).compile();
  const contextId = ContextIdFactory.create();
  moduleRef.registerRequestByContextId({ account: "ada" }, contextId);
  const own = await moduleRef.resolve<RequestWhisperr>(RequestWhisperr, contextId, { strict: false });
  own.track("order_placed");
  await moduleRef.get(WhisperrService).flush();
  expect(moduleRef.get(WhisperrRecording).events).toMatchObject([{ external_user_id: "ada" }]);
});

test.each([
  ["graphql", [{}, {}, { req: { user: { id: "ada" } } }], ["ada"]],
  ["rpc", [{ user: { id: "ada" } }], ["ada"]],
  ["rpc", ["a text"], []],
  ["rpc", [null], []],
  ["ws", [], []],
])("a %s context of %j fails nothing", async (type, args, users) => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const imports = [WhisperrModule.forTesting()];
  const moduleRef = await Test.createTestingModule({ imports }).compile();
  await moduleRef.init();
  const resolver = {
    place() {
      currentWhisperr()?.track("order_placed");
      return "ordered";
    },
  };
  // What Nest's module for GraphQL calls resolvers by.
  const creator = moduleRef.get(ExternalContextCreator);
  const options = { guards: true, interceptors: true, filters: true };
  const call = creator.create(
    resolver,
    resolver.place,
    "place",
    undefined,
    undefined,
    undefined,
    undefined,
    options,
    type,
  );
  expect(await call(...args)).toBe("ordered");
  const { events } = moduleRef.get(WhisperrRecording);
  expect(events.map((event) => event.external_user_id)).toEqual(users);
});
