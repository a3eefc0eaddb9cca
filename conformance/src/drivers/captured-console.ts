/** What an SDK prints, kept instead. `format`: what a call prints. */
export function captureConsole(
  format = (...args: unknown[]): string => args.map(String).join(" "),
): string[] {
  const output: string[] = [];
  for (const name of ["log", "info", "warn", "error", "debug"] as const) {
    console[name] = (...args: unknown[]) => void output.push(format(...args));
  }
  return output;
}
