import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

describe("readConfig", () => {
  it("lets the system choose the port and uses Whisperr's own address by default", () => {
    expect(readConfig([], {})).toEqual({ port: 0, whisperrBaseUrl: undefined, ledger: false });
  });

  it("takes the flag before the environment", () => {
    const env = { PORT: "3000", WHISPERR_BASE_URL: "http://127.0.0.1:9000" };
    expect(readConfig([], env)).toMatchObject({ port: 3000, whisperrBaseUrl: "http://127.0.0.1:9000" });
    expect(readConfig(["--port", "4000", "--ledger"], env)).toMatchObject({ port: 4000, ledger: true });
  });

  it.each(["-1", "65536", "http", "1.5"])("refuses %s as a port, in words", (port) => {
    expect(() => readConfig([`--port=${port}`], {})).toThrow(`got ${port}`);
  });
});
