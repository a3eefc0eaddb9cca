/** The package as Deno, JSR and the compiler of an npm app see it. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { denoPackage, runDeno } from "./deno-tool.ts";

const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve("@typescript/native/package.json")), "bin", "tsc");

/** An empty folder with nothing above it that a tool could find. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "whisperr-deno-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const APP = `
  import { channel, createMemoryOutbox, createWhisperr, openKvOutbox } from "@whisperr/deno";
  import type {
    AnyEvents, Channel, ChannelSettings, ChannelType, DenoOptions, DropReason, EventMap, FetchLike, FlushResult, IdentifyOptions,
    KvAtomic, KvKey, KvLike, KvOutbox, KvOutboxOptions, Operation, Outbox, PushSettings, Stats, UserClient, Whisperr, WhisperrError,
    WireEvent,
  } from "@whisperr/deno";

  interface Events { signed_up: { plan: string } }
  const outbox: Outbox = createMemoryOutbox();
  const options: DenoOptions = {
    outbox, exitTimeoutMs: 0,
    onError: (error: WhisperrError) => { const reason: DropReason | undefined = error.reason; void reason; },
    beforeSend: (event: WireEvent) => event,
  };
  const whisperr: Whisperr<Events> = createWhisperr<Events>(options);
  whisperr.track("ada", "signed_up", { plan: "pro" });
  whisperr.identify("ada", { channels: [channel.email("ada@example.com", { verified: true })] });
  const ada: UserClient<Events> = whisperr.forUser("ada");
  const end: Promise<FlushResult> = whisperr.shutdown({ timeoutMs: 1 });
  const stats: Stats = whisperr.stats();
  declare const kv: KvLike;
  const settings: KvOutboxOptions = { name: "billing", onError: (error) => void error.message };
  const durable: Promise<KvOutbox> = openKvOutbox(kv, settings);
  export const used = [ada, end, stats, durable];
  export type Others = [
    AnyEvents, Channel, ChannelSettings, ChannelType, EventMap, FetchLike, IdentifyOptions, KvAtomic, KvKey, Operation, PushSettings,
  ];
`;

const MISTAKES = `
  import { createWhisperr } from "@whisperr/deno";
  createWhisperr<{ signed_up: { plan: string } }>().track("ada", "sined_up", { plan: "pro" });
  createWhisperr({ flushAfter: 1 });
`;

describe("deno publish --dry-run", () => {
  test("is content: no slow types, and nothing but what is built and the documents", async () => {
    const { exit, output } = await runDeno(["publish", "--dry-run", "--allow-dirty"], denoPackage);
    expect(output).toContain("Success Dry run complete");
    expect(output).not.toMatch(/warning/i);
    expect(exit).toBe(0);
    const files = [...output.matchAll(/packages\/deno\/(\S+) \(/g)].map(([, file]) => file);
    expect(files.sort()).toEqual(["LICENSE", "README.md", "deno.json", "dist/index.d.ts", "dist/index.js"]);
  });
});

describe("deno check", () => {
  /** Checks each source in a project that maps the package's name to what JSR would serve. */
  async function check(sources: readonly string[]) {
    const folder = newFolder();
    const imports = { "@whisperr/deno": join(denoPackage, "dist", "index.js") };
    writeFileSync(join(folder, "deno.json"), JSON.stringify({ imports, unstable: ["kv"] }));
    const files = sources.map((_source, index) => `app-${index}.ts`);
    for (const [index, file] of files.entries()) writeFileSync(join(folder, file), sources[index] ?? "");
    return runDeno(["check", ...files], folder);
  }

  test("accepts every example of the README", async () => {
    const readme = readFileSync(join(denoPackage, "README.md"), "utf8");
    const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
    expect(examples).toHaveLength(3);
    expect(await check(examples)).toMatchObject({ exit: 0 });
  });

  test("accepts an app that uses everything, and what Deno.openKv() gives", async () => {
    const kv = `import { openKvOutbox } from "@whisperr/deno"; await openKvOutbox(await Deno.openKv());`;
    expect(await check([APP, kv])).toMatchObject({ exit: 0 });
  });

  test("tells an app of its mistakes", async () => {
    const { exit, output } = await check([MISTAKES]);
    expect(exit).toBe(1);
    expect(output.match(/TS\d+/g)).toEqual(["TS2345", "TS2561"]);
  });
});

describe("a strict compiler without skipLibCheck and without Deno's types", () => {
  /** Compiles an app that installed the package from npm, and nothing else. */
  function compile(source: string, moduleResolution: "nodenext" | "bundler"): Promise<string> {
    const folder = newFolder();
    const sdk = join(folder, "node_modules", "@whisperr", "deno");
    mkdirSync(sdk, { recursive: true });
    for (const part of ["dist", "package.json"])
      cpSync(join(denoPackage, part), join(sdk, part), { recursive: true });
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
      target: "ES2022",
      lib: ["ES2022"],
      types: [],
      module: moduleResolution === "nodenext" ? "nodenext" : "esnext",
      moduleResolution,
    };
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["app.ts"] }));
    writeFileSync(join(folder, "app.ts"), source);
    return new Promise((resolve) => {
      execFile(process.execPath, [tsc, "-p", ".", "--pretty", "false"], { cwd: folder }, (error, stdout) => {
        resolve(error === null ? "" : stdout || String(error));
      });
    });
  }

  test.each(["nodenext", "bundler"] as const)("accepts the npm package, as %s", async (moduleResolution) => {
    expect(await compile(APP, moduleResolution)).toBe("");
  });

  test("tells an app of its mistakes", async () => {
    expect((await compile(MISTAKES, "nodenext")).match(/TS\d+/g)).toEqual(["TS2345", "TS2561"]);
  });
});
