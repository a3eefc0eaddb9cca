import { type AsyncHooks, isTestRun } from "@whisperr/core";

/** The parts of Deno's own API that are used here, typed so that the package compiles without Deno's types. */
interface DenoApi {
  readonly permissions: {
    querySync(descriptor: { readonly name: "env"; readonly variable: string }): { readonly state: string };
  };
  readonly env: { get(name: string): string | undefined };
  readonly test?: { readonly name: string } | undefined;
  /** Where timers are numbers, as in older versions of Deno, this is how they stop keeping the process alive. */
  unrefTimer(id: number): void;
}

declare const Deno: DenoApi;

/** `node:async_hooks`, which Deno has as well, and loads when it is asked for; undefined in a Deno that has no such global. */
export function asyncHooks(): AsyncHooks | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  return process?.getBuiltinModule?.("node:async_hooks") as AsyncHooks | undefined;
}

/** `deno/2.9.6`, as Deno itself says it to servers. */
export function userAgent(): string | undefined {
  const { navigator } = globalThis as { navigator?: { userAgent?: string } };
  return navigator?.userAgent?.toLowerCase();
}

/** An environment variable; undefined when it is not set, or not to be read: Deno would stop and ask the user. */
export function readEnvironment(variable: string): string | undefined {
  return mayRead(variable) ? Deno.env.get(variable) : undefined;
}

/** Whether the process was started with permission to read this variable. */
export function mayRead(variable: string): boolean {
  return Deno.permissions.querySync({ name: "env", variable }).state === "granted";
}

/**
 * `deno test` gives `Deno.test` work to do; `deno run` has a function of another name in its place. That needs no permission. Other test
 * runners set variables, which are looked at where that is permitted.
 */
export function runsTests(): boolean {
  return Deno.test?.name === "test" || isTestRun(readEnvironment);
}

/** The timer fires while the process lives, but does not keep it alive. */
export function unrefTimer(handle: unknown): void {
  if (typeof handle === "number") Deno.unrefTimer(handle);
  else (handle as { unref?(): void }).unref?.();
}
