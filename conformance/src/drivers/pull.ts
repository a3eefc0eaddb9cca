/** The driver's side of the control protocol, whatever carries it: ask for a command, do it, post the result. */
import type { Command, Result } from "../protocol.ts";

export interface ControlLink {
  /** `GET /next`: a command, or nothing when there was none for a while. */
  next(): Promise<string>;
  /** `POST /result`, answered in the same way. */
  post(result: string): Promise<string>;
}

/** A link over fetch. `init`: of every request. */
export function fetchLink(control: string, realFetch: typeof fetch, init: RequestInit = {}): ControlLink {
  const text = async (path: string, more: RequestInit) =>
    (await realFetch(control + path, { ...init, ...more })).text();
  return {
    next: () => text("/next", {}),
    post: (result) => text("/result", { method: "POST", body: result }),
  };
}

/** Resolves with the command that ended it, after its result was posted. */
export async function pull(
  link: ControlLink,
  perform: (command: Command) => Promise<unknown>,
): Promise<Command & { do: "bye" | "reload" }> {
  for (let text = ""; ; ) {
    if (text === "") {
      text = await link.next();
      continue;
    }
    const command = JSON.parse(text) as Command;
    const result = await perform(command).then(
      (value): Result => ({ ok: true, value: value ?? null }),
      (error: unknown): Result => ({
        ok: false,
        error: error instanceof Error ? `${error.message}\n${error.stack}` : String(error),
      }),
    );
    text = await link.post(JSON.stringify(result));
    if (command.do === "bye" || command.do === "reload") return command;
  }
}
