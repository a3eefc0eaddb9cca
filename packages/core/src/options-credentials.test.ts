/** Where the key comes from, and where it may go. */
import { describe, expect, test } from "vitest";
import { KEY, misuse, resolve } from "../test/resolved-options.ts";

describe("apiKey", () => {
  test.each([undefined, "", null, " \n"])("%s is missing, and the message says where to put it", (apiKey) => {
    expect(misuse({ apiKey })).toBe(
      'Whisperr: apiKey is missing: createWhisperr({ apiKey: "wrk_…" }), with the key from WHISPERR_API_KEY.',
    );
  });

  test.each([`${KEY}\n`, ` ${KEY}`, `\ufeff${KEY}\r\n`])("%j is the key, with blanks around it", (apiKey) => {
    expect(resolve({ apiKey }).apiKey).toBe(KEY);
  });

  test.each([`wrk_ ${KEY}`, `${KEY}é`, `${KEY}\r\nX-Other: 1`, "wrk_…"])(
    "%j would break its header, and is not printed",
    (apiKey) => {
      expect(misuse({ apiKey })).toContain("apiKey must be the key as it was issued, wrk_…, without spaces");
    },
  );
});

test.each([7, true, {}, ["wrk_test"]])("apiKey %j is no text", (apiKey) => {
  expect(misuse({ apiKey })).toContain("apiKey must be the key as it was issued, wrk_…, without spaces");
});

test("a key may have every character that can be printed", () => {
  expect(resolve({ apiKey: "!wrk~" }).apiKey).toBe("!wrk~");
});

describe("baseUrl", () => {
  test("empty text is not given", () => {
    expect(resolve({ baseUrl: "" }).baseUrl).toBe("https://api.whisperr.net");
  });

  test.each([
    ["https://api.example.com", "https://api.example.com"],
    ["https://api.example.com/", "https://api.example.com"],
    ["https://api.example.com///", "https://api.example.com"],
    ["https://api.example.com/ingest/", "https://api.example.com/ingest"],
    ["https://api.example.com:8443", "https://api.example.com:8443"],
    ["HTTPS://API.example.com", "HTTPS://API.example.com"],
    ["https://api.example.com:65535", "https://api.example.com:65535"],
    ["https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"],
  ])("%s is taken", (baseUrl, expected) => {
    expect(resolve({ baseUrl }).baseUrl).toBe(expected);
  });

  test.each([
    "http://localhost",
    "http://localhost:3000",
    "http://LOCALHOST:3000/",
    "http://api.localhost:3000",
    "http://127.0.0.1:3000",
    "http://127.1.2.3",
    "http://[::1]:3000",
  ])("%s is this machine, so http: will do", (baseUrl) => {
    expect(resolve({ baseUrl }).baseUrl).toBe(baseUrl.replace(/\/$/, ""));
  });

  test.each([
    "http://api.example.com",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "http://example.com/localhost",
    "http://example.com/https:",
    "http://example.com/http://localhost",
    "http://10.0.0.1:3000",
    "http://[2001:db8::1]",
    "http://notlocalhost",
    "HTTP://api.example.com",
  ])("%s would send the key in the clear", (baseUrl) => {
    expect(misuse({ baseUrl })).toMatch(
      /^Whisperr: baseUrl must be https:, or the key travels in the clear; allowInsecureHttp: true permits that/,
    );
    expect(resolve({ baseUrl, allowInsecureHttp: true }).baseUrl).toBe(baseUrl);
  });

  test.each<unknown>([
    "api.example.com",
    "//api.example.com",
    "ftp://api.example.com",
    "https://",
    "https:///path",
    "https://:443",
    "https://user:password@api.example.com",
    "http://localhost@evil.example.com",
    "http://localhost:80@evil.example.com",
    "http://evil.example.com\\@localhost",
    "https://api.example.com?x=1",
    "https://api.example.com#x",
    "https://api.example.com:99999",
    "https://api.example.com:port",
    "https://api example.com",
    "https://api.example.com\n",
    " https://api.example.com",
    7,
    new URL("https://api.example.com"),
  ])("%s is no base URL", (baseUrl) => {
    expect(misuse({ baseUrl })).toContain("baseUrl must be a URL like https://api.whisperr.net");
  });
});
