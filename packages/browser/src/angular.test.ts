import { createEnvironmentInjector, type EnvironmentInjector, Injector } from "@angular/core";
import { expect, test, vi } from "vitest";
import { provideWhisperr, Whisperr, type WhisperrSource } from "./angular.ts";

const injectorWith = (source: unknown) =>
  createEnvironmentInjector(
    [provideWhisperr(source as WhisperrSource)],
    Injector.create({ providers: [] }) as EnvironmentInjector,
  );

test("an app that the client was given to injects that one", () => {
  const client = { track: vi.fn() };
  expect(injectorWith({ client }).get(Whisperr)).toBe(client);
});

test.each(["wrk_as_text", null, undefined, { client: undefined }])(
  "an app that gives %o goes up, and its console says what to write",
  (given) => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    expect(injectorWith(given).get(Whisperr)).toEqual(
      expect.objectContaining({ track: expect.any(Function) }),
    );
    said.mockRestore();
  },
);

test("an app without the provider is told which one", () => {
  expect(() => Injector.create({ providers: [] }).get(Whisperr)).toThrow(/provideWhisperr\(\{ apiKey \}\)/);
});
