/** A variable, on platforms that show the environment as Node does. */
export function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name];
}

/** The documented place for the key. */
export function keyOfEnvironment(): string | undefined {
  return environment("WHISPERR_API_KEY");
}
