/** What the module can be told, and when: at once, or by what other modules know. */
import type { FactoryProvider, ModuleMetadata } from "@nestjs/common";
import { type Names, PROCESS_OPTION_NAMES } from "@whisperr/core";
import type { NodeOptions, Whisperr } from "@whisperr/node";
import type { ResolveUser } from "../frameworks/request-client.ts";

/** What `WhisperrModule.forRoot()` can be told: all that `createWhisperr()` can be, and this. */
export interface WhisperrModuleOptions<Request = NestRequest> extends NodeOptions {
  /**
   * The user of a request; undefined or null when there is none. It may be async. In GraphQL it gets the context, and in microservices
   * the payload.
   * @default where the common authentication libraries put the user
   */
  readonly resolveUser?: ResolveUser<[request: Request]> | undefined;
  /**
   * A client that the app made. The options of `createWhisperr()` are its own then: those given here are ignored, and named on the console.
   * @default one that is made of the other options
   */
  readonly whisperr?: Whisperr | undefined;
  /**
   * How long the end of the application may wait for the delivery of what is queued, in ms; 0 or more.
   * @default 5_000
   */
  readonly closeTimeoutMs?: number | undefined;
}

/** Their names. */
export const MODULE_OPTION_NAMES: Names<WhisperrModuleOptions> = {
  ...PROCESS_OPTION_NAMES,
  resolveUser: true,
  whisperr: true,
  closeTimeoutMs: true,
};

/** What of a request both platforms have. */
export interface NestRequest {
  /** In small letters. */
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  /** What guards and middleware have put there. */
  readonly [name: string]: unknown;
}

/** What `WhisperrModule.forRootAsync()` takes. */
export interface WhisperrModuleAsyncOptions<Request = NestRequest> {
  /** Modules whose providers the factory needs. */
  readonly imports?: ModuleMetadata["imports"];
  /** The tokens of what the factory gets, such as `ConfigService`. */
  readonly inject?: FactoryProvider["inject"];
  /** Returns the options, or a promise of them. */
  readonly useFactory: (
    ...injected: never[]
  ) => WhisperrModuleOptions<Request> | Promise<WhisperrModuleOptions<Request>>;
}
