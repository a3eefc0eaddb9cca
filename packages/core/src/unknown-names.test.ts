import { describe, expect, test } from "vitest";
import { checkIdentifyNames, checkOptionNames } from "./development.ts";

describe("an option that there is none of", () => {
  const saidOf = (options: object) => {
    const said: string[] = [];
    checkOptionNames(options, "page", (message) => said.push(message));
    return said;
  };

  test.each([
    ["autocapturePageviews", "pageViews"],
    ["writeKey", "apiKey"],
    ["apikey", "apiKey"],
    ["flushInterval", "flushIntervalMs"],
    ["baseURL", "baseUrl"],
    ["maxQueSize", "maxQueueSize"],
    ["anonymusEvents", "anonymousEvents"],
  ])("%s is said, with the one that is meant", (name, meant) => {
    expect(saidOf({ [name]: 1 })).toEqual([
      `[whisperr] createWhisperr() has no option "${name}": write ${meant}.`,
    ]);
  });

  test("without a guess where nothing is like it, and text from outside is printed as text", () => {
    expect(saidOf({ colour: "red" })).toEqual(['[whisperr] createWhisperr() has no option "colour".']);
    expect(saidOf({ "\u001b[31m": 1 })[0]).not.toContain("\u001b");
  });

  test("nothing is said of the options there are, nor of what has no value", () => {
    expect(saidOf({ apiKey: "wrk_test", pageViews: false, onError() {}, colour: undefined })).toEqual([]);
  });
});

test("identify() says where what it does not take belongs", () => {
  const said: string[] = [];
  checkIdentifyNames({ plan: "pro", email: "ada@example.com" }, (_, message) => said.push(message));
  expect(said).toEqual([
    'identify() takes email, phone, pushToken, traits, channels, preferredChannel, and leaves out "plan": write traits: { plan }.',
  ]);
});
