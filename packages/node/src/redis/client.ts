/** The two Redis clients of JavaScript, by what they have in common: a command, as text, and its reply. */
import { misuse } from "@whisperr/core";

/** What is used of a client of `redis`. */
export interface NodeRedisLike {
  /** Sends one command. */
  sendCommand(command: string[]): Promise<unknown>;
  /** Tells when there is a connection, again. */
  on(event: "ready", listener: () => void): unknown;
  /** Takes the listener away. */
  off?(event: "ready", listener: () => void): unknown;
}

/** What is used of a client of `ioredis`, or of its cluster. */
export interface IoRedisLike {
  /** Sends one command. */
  call(command: string, ...values: string[]): Promise<unknown>;
  /** Tells when there is a connection, again. */
  on(event: "ready", listener: () => void): unknown;
  /** Takes the listener away. */
  off?(event: "ready", listener: () => void): unknown;
}

/** An opened client: of `redis` (`await createClient().connect()`) or of `ioredis` (`new Redis()`). */
export type RedisClient = NodeRedisLike | IoRedisLike;

/** Sends one command, and gives its reply. Rejects when Redis says no, and when it is away. */
export type Command = (name: string, ...values: readonly string[]) => Promise<unknown>;

/** @throws Error when it is no client. `call`: what takes it, for the message. */
export function commandOf(client: unknown, call: string): Command {
  const { call: send, sendCommand } = Object(client) as Partial<IoRedisLike & NodeRedisLike>;
  if (typeof send === "function")
    return async (name, ...values) => (client as IoRedisLike).call(name, ...values);
  if (typeof sendCommand === "function")
    return async (name, ...values) => (client as NodeRedisLike).sendCommand([name, ...values]);
  throw misuse(
    `${call} takes an opened client of redis or ioredis: ${call.replace("()", "({ client })")}, where client is new Redis() or await createClient().connect()`,
  );
}
