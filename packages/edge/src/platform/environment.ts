/** The documented place for the key, on platforms that show environment variables as Node does. */
export function keyOfEnvironment(): string | undefined {
  const { process } = globalThis as { process?: { env?: { WHISPERR_API_KEY?: string } } };
  return process?.env?.WHISPERR_API_KEY;
}
