/** What an SDK prints, kept instead. */
import { format } from "node:util";

export function captureConsole(): string[] {
  const output: string[] = [];
  for (const name of ["log", "info", "warn", "error", "debug"] as const) {
    console[name] = (...args: unknown[]) => void output.push(format(...args));
  }
  return output;
}
