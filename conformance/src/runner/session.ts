/**
 * The runner's side of one driver's life: one command at a time goes out, its result comes back. A driver that breaks the
 * protocol is not believed any more: what it was doing fails, so does all that follows, and the runner starts another.
 */
import type { ServerResponse } from "node:http";
import type { Command } from "../protocol.ts";
import { type AnswerTo, checkedAnswer, type Posted } from "./driver-answers.ts";

export interface Session {
  /** What the driver is given as its control address. Nobody else can know it. */
  readonly url: string;
  /** Hands a command to the driver and resolves with its value; rejects on a failed, wrong, late or lost answer. */
  send<C extends Command>(command: C): Promise<AnswerTo<C>>;
  /** Nothing can be expected of the driver any more: fails what is under way and everything after. */
  end(reason: string): void;
  /** False once the driver has broken the protocol, missed a command, or ended. */
  isAnswering(): boolean;
  /** True once it has answered a command. */
  hasAnswered(): boolean;
}

/** How long a driver may take for one command. Generous: commands wait for no network. */
export const ANSWER_LIMIT_MS = 20_000;
/** And for the first one: some are compiled when they are started. */
const START_LIMIT_MS = 60_000;
/** How long `GET /next` is held open before it is answered with 204. */
const POLL_LIMIT_MS = 15_000;

/** One driver and what is between it and the runner. */
export interface Link {
  readonly answerLimitMs: number;
  /** The open request for the next command. */
  waiting?: ServerResponse | undefined;
  /** The command that has no answer yet. */
  pending?: Pending | undefined;
  /** Why nothing more is expected. */
  ended?: string;
  hasAnswered?: true;
  /** After the command that was handed out last the driver asks again by itself, or never. */
  isParting?: boolean;
}

interface Pending {
  readonly command: Command;
  isHandedOut: boolean;
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

export function sessionOf(link: Link, url: string): Session {
  return {
    url,
    send: (command) => send(link, command) as Promise<AnswerTo<typeof command>>,
    end: (reason) => endLink(link, reason),
    isAnswering: () => link.ended === undefined,
    hasAnswered: () => link.hasAnswered === true,
  };
}

function send(link: Link, command: Command): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (link.ended !== undefined) return reject(new Error(link.ended));
    if (link.pending) return reject(new Error(`"${link.pending.command.do}" has no answer yet`));
    const limitMs = link.hasAnswered ? link.answerLimitMs : START_LIMIT_MS;
    const late = () => endLink(link, `no answer to "${command.do}" within ${limitMs / 1000} s`);
    const timer = setTimeout(late, limitMs);
    link.pending = { command, isHandedOut: false, resolve, reject, timer };
    if (link.waiting) handOut(link, link.waiting);
  });
}

/** The driver asks for a command: it gets the one that waits, or the next one. */
export function awaitCommand(link: Link, response: ServerResponse): void {
  if (link.pending && !link.pending.isHandedOut && link.ended === undefined) return handOut(link, response);
  link.waiting = response;
  const forget = () => {
    clearTimeout(timer);
    if (link.waiting === response) link.waiting = undefined;
  };
  const timer = setTimeout(() => {
    forget();
    if (!response.writableEnded) response.writeHead(204).end();
  }, POLL_LIMIT_MS);
  // A command is not handed to a connection that is gone.
  response.on("close", forget);
}

function handOut(link: Link, response: ServerResponse): void {
  const { pending } = link;
  if (!pending) return;
  const { command } = pending;
  link.waiting = undefined;
  pending.isHandedOut = true;
  link.isParting = command.do === "bye" || command.do === "reload";
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(command));
}

/** The driver's answer; the next command comes as the answer to it. Throws an Error when it cannot be one to this command. */
export function takeResult(link: Link, posted: Posted, response: ServerResponse): void {
  const pending = link.pending;
  if (!pending?.isHandedOut) {
    breakOff(link, "the driver posted a result although no command was waiting for one", response);
    return;
  }
  const { command, resolve, reject, timer } = pending;
  const value = posted.ok ? checkedAnswer(command, posted.value) : undefined;
  link.pending = undefined;
  link.hasAnswered = true;
  clearTimeout(timer);
  if (link.isParting) response.writeHead(204).end();
  else awaitCommand(link, response);
  if (posted.ok) resolve(value);
  else reject(new Error(posted.error ?? `the driver failed at "${command.do}" and does not say why`));
}

/** What came is not the protocol. The answer has no body, which a driver takes for "no command yet". */
export function breakOff(link: Link, reason: string, response: ServerResponse): void {
  endLink(link, reason);
  if (!response.writableEnded && !response.destroyed) response.writeHead(400, { connection: "close" }).end();
}

/** "the result of "idle"", as messages name what a driver posts. */
export function whatIsPosted({ pending }: Link): string {
  return pending?.isHandedOut ? `the driver's result of "${pending.command.do}"` : "what the driver posted";
}

export function endLink(link: Link, reason: string): void {
  link.ended ??= reason;
  const { pending } = link;
  link.pending = undefined;
  if (!pending) return;
  clearTimeout(pending.timer);
  pending.reject(new Error(reason));
}
