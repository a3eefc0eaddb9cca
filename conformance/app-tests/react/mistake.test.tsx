/** What a test of a component gets to see of a bad call. */
import { render } from "@testing-library/react";
import { useWhisperr, WhisperrProvider } from "@whisperr/browser/react";
import { createTestWhisperr } from "@whisperr/browser/testing";
import { StrictMode } from "react";
import { expect, test, vi } from "vitest";

function Visit({ event }: { readonly event: string }) {
  useWhisperr().track(event);
  return null;
}

test("a component that calls it wrongly fails to render, with the message", () => {
  // React repeats it.
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const whisperr = createTestWhisperr();
  const visit = (event: string) =>
    render(
      <StrictMode>
        <WhisperrProvider client={whisperr}>
          <Visit event={event} />
        </WhisperrProvider>
      </StrictMode>,
    );
  expect(() => visit("Shop Visited")).toThrow('Whisperr: track("Shop Visited") was dropped');
  visit("shop_visited");
  expect(whisperr.tracked().map(({ event }) => event)).toContain("shop_visited");
});

test("a provider names the props that it has none of, and options beside a client, once", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.spyOn(console, "error").mockImplementation(() => {});
  const client = createTestWhisperr();
  const mistakes = [{ apiKey: "wrk_test" }, { client, options: { flushAt: 1 } }, { client: "wrk_test" }];
  for (const props of [...mistakes, ...mistakes])
    render(<WhisperrProvider {...(props as unknown as { client: typeof client })} />);
  expect(warn.mock.calls.flat()).toEqual([
    '[whisperr] <WhisperrProvider> has no option "apiKey": write options={{ apiKey }}.',
    '[whisperr] <WhisperrProvider> with a client has no option "options": write options at its createWhisperr().',
    "[whisperr] The client that <WhisperrProvider> got is none: write the one that createWhisperr() made.",
  ]);
});
