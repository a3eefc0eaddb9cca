/**
 * NestJS 11 and 12, on Express and on Fastify. Nest itself is not imported: its providers are made by factories, which need no
 * decorators, so that the version is the app's.
 */
import type {
  CallHandler,
  DynamicModule,
  ExecutionContext,
  FactoryProvider,
  ModuleMetadata,
  Scope,
} from "@nestjs/common";
import {
  type EventArguments,
  type EventMap,
  type EventName,
  type FlushResult,
  type IdentifyOptions,
  integer,
  MAX_TIMER_MS,
  type Stats,
  type UserClient,
  type WireEvent,
  type WithoutUserId,
} from "@whisperr/core";
// By its name, so that an app which imports both loads one copy.
import { createWhisperr, type NodeOptions, type Whisperr } from "@whisperr/node";
import { type RequestOptions, type ResolveUser, requestClients } from "./frameworks/request-client.ts";
import { runWith } from "./frameworks/requests.ts";
import type { RegisteredEvents } from "./register.ts";

/** What `WhisperrModule.forRoot()` can be told: all that `createWhisperr()` can be, and this. */
export interface WhisperrModuleOptions<Request = NestRequest> extends NodeOptions {
  /**
   * The user of a request; undefined or null when there is none. It may be async. In GraphQL it gets the context, and in microservices
   * the payload.
   * @default where the common authentication libraries put the user
   */
  readonly resolveUser?: ResolveUser<[request: Request]> | undefined;
  /**
   * A client that the app made.
   * @default one that is made of the other options
   */
  readonly whisperr?: Whisperr | undefined;
  /**
   * How long the end of the application may wait for the delivery of what is queued, in ms; 0 or more.
   * @default 5_000
   */
  readonly closeTimeoutMs?: number | undefined;
}

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

/** The client, in every module: `constructor(private readonly whisperr: WhisperrService<Events>)`. */
export class WhisperrService<Events extends EventMap = RegisteredEvents> implements Whisperr<Events> {
  readonly #whisperr: Whisperr<Events>;
  readonly #closeTimeoutMs: number;

  /** Nest makes it. */
  constructor(whisperr: Whisperr<Events>, closeTimeoutMs = 5_000) {
    this.#whisperr = whisperr;
    this.#closeTimeoutMs = integer("closeTimeoutMs", closeTimeoutMs, 5_000, 0, MAX_TIMER_MS);
  }

  /** As `track()` of the client. */
  track<Name extends (keyof Events & string) | WithoutUserId>(
    userId: string,
    event: EventName<Name>,
    ...rest: EventArguments<Events[Name & keyof Events]>
  ): void {
    this.#whisperr.track(userId, event, ...rest);
  }

  /** As `identify()` of the client. */
  identify(userId: string, options?: IdentifyOptions): void {
    this.#whisperr.identify(userId, options);
  }

  /** As `forUser()` of the client. */
  forUser(userId: string): UserClient<Events> {
    return this.#whisperr.forUser(userId);
  }

  /** As `flush()` of the client. */
  flush(options?: { readonly timeoutMs?: number | undefined }): Promise<FlushResult> {
    return this.#whisperr.flush(options);
  }

  /** As `shutdown()` of the client. */
  shutdown(options?: { readonly timeoutMs?: number | undefined }): Promise<FlushResult> {
    return this.#whisperr.shutdown(options);
  }

  /** As `stats()` of the client. */
  stats(): Stats {
    return this.#whisperr.stats();
  }

  /** Nest calls it, once the requests that run have ended: after `app.close()`, and on signals with `app.enableShutdownHooks()`. */
  async onApplicationShutdown(): Promise<void> {
    await this.#whisperr.flush({ timeoutMs: this.#closeTimeoutMs });
  }
}

/** The calls of the user whose request is being served. Request-scoped, and so is whatever it is injected into. */
export class RequestWhisperr<Events extends EventMap = RegisteredEvents> implements UserClient<Events> {
  readonly #client: UserClient<Events>;

  /** Nest makes it. */
  constructor(client: UserClient<Events>) {
    this.#client = client;
  }

  /** Records that the user did something, now. Never throws, never blocks. */
  track<Name extends keyof Events & string>(
    event: EventName<Name>,
    ...rest: EventArguments<Events[Name]>
  ): void {
    this.#client.track(event, ...rest);
  }

  /** Says who the user is and how they can be reached. Never throws, never blocks. */
  identify(options?: IdentifyOptions): void {
    this.#client.identify(options);
  }
}

/** With `WhisperrModule.forTesting()`: what was recorded. `moduleRef.get(WhisperrRecording).events`. */
export class WhisperrRecording {
  /** The events, at once. */
  readonly events: WireEvent[] = [];
  /** The bodies of `identify()`, after a `flush()`. */
  readonly identified: Record<string, unknown>[] = [];
}

const OPTIONS = Symbol.for("@whisperr/node/nestjs options");
const CLIENT = Symbol.for("@whisperr/node/nestjs client");
const CLIENTS = Symbol.for("@whisperr/node/nestjs clients of requests");
/** `Scope.REQUEST`, `REQUEST` and `APP_INTERCEPTOR` of Nest. */
const OF_REQUEST = 2 as Scope.REQUEST;
const REQUEST = "REQUEST";
const APP_INTERCEPTOR = "APP_INTERCEPTOR";

type ClientOf = (request: unknown) => UserClient;

/** The module: one client for the application, in all modules, with `currentWhisperr()` in whatever a handler calls. */
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's modules are classes
export class WhisperrModule {
  /**
   * With options that are known when the module is loaded; the key is by default the environment's `WHISPERR_API_KEY`.
   *
   * @example
   * imports: [WhisperrModule.forRoot({ resolveUser: (request: Request) => request.user?.accountId })]
   */
  static forRoot<Request = NestRequest>(options: WhisperrModuleOptions<Request> = {}): DynamicModule {
    return moduleOf({ provide: OPTIONS, useValue: options });
  }

  /**
   * With options that other providers know.
   *
   * @example
   * WhisperrModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ apiKey: config.getOrThrow("WHISPERR_API_KEY") }),
   * })
   */
  static forRootAsync<Request = NestRequest>({
    imports = [],
    inject = [],
    useFactory,
  }: WhisperrModuleAsyncOptions<Request>): DynamicModule {
    return {
      ...moduleOf({ provide: OPTIONS, inject, useFactory: useFactory as FactoryProvider["useFactory"] }),
      imports,
    };
  }

  /** For tests: nothing is sent and no key is needed; `WhisperrRecording` has what was recorded. */
  static forTesting<Request = NestRequest>(options: WhisperrModuleOptions<Request> = {}): DynamicModule {
    const recording = new WhisperrRecording();
    const testing: WhisperrModuleOptions<Request> = {
      ...options,
      // What the app has in production: a client, or a way out, of its own.
      whisperr: undefined,
      outbox: undefined,
      disabled: false,
      apiKey: "wrk_testing",
      beforeSend(event) {
        const sent = options.beforeSend ? options.beforeSend(event) : event;
        if (sent) recording.events.push(sent);
        return sent;
      },
      async fetch(url, { body }) {
        if (url.endsWith("/identify")) recording.identified.push(JSON.parse(body));
        return new Response("{}", { status: 202 });
      },
    };
    const made = moduleOf({ provide: OPTIONS, useValue: testing });
    return {
      ...made,
      providers: [...(made.providers ?? []), { provide: WhisperrRecording, useValue: recording }],
      exports: [...(made.exports ?? []), WhisperrRecording],
    };
  }
}

/** Without what is the module's own. */
function ownOf({
  resolveUser: _,
  whisperr: __,
  closeTimeoutMs: ___,
  ...own
}: WhisperrModuleOptions): NodeOptions {
  return own;
}

function moduleOf(options: NonNullable<DynamicModule["providers"]>[number]): DynamicModule {
  return {
    module: WhisperrModule,
    global: true,
    providers: [
      options,
      {
        provide: CLIENT,
        inject: [OPTIONS],
        useFactory: (given: WhisperrModuleOptions) => given.whisperr ?? createWhisperr(ownOf(given)),
      },
      {
        provide: CLIENTS,
        inject: [CLIENT, OPTIONS],
        useFactory: (whisperr: Whisperr, given: RequestOptions<[unknown]>): ClientOf =>
          requestClients<[unknown]>(whisperr, given, {
            name: "WhisperrModule",
            holders: holdersOf,
            where: "the request, its req, raw and res.locals",
          }),
      },
      {
        provide: WhisperrService,
        inject: [CLIENT, OPTIONS],
        useFactory: (whisperr: Whisperr, { closeTimeoutMs }: WhisperrModuleOptions) =>
          new WhisperrService(whisperr, closeTimeoutMs),
      },
      {
        provide: RequestWhisperr,
        scope: OF_REQUEST,
        inject: [CLIENTS, REQUEST],
        useFactory: (clientOf: ClientOf, request: unknown) => new RequestWhisperr(clientOf(request)),
      },
      { provide: APP_INTERCEPTOR, inject: [CLIENTS], useFactory: interceptorOf },
    ],
    exports: [WhisperrService, RequestWhisperr],
  };
}

/** Guards have run when an interceptor does: whoever they found is known. */
function interceptorOf(clientOf: ClientOf) {
  return {
    intercept: (context: ExecutionContext, next: CallHandler) =>
      runWith(clientOf(requestOf(context)), () => next.handle()),
  };
}

/** GraphQL has its context as the third argument of a resolver; microservices and gateways have no request. */
function requestOf(context: ExecutionContext): unknown {
  return context.getType<string>() === "graphql" ? context.getArgByIndex(2) : context.getArgByIndex(0);
}

/** `req` is that of a GraphQL context; `raw` is below a request of Fastify. */
function holdersOf(request: unknown): readonly unknown[] {
  const { req, raw, res } = Object(request) as { req?: unknown; raw?: unknown; res?: { locals?: unknown } };
  return [request, req, raw, res?.locals];
}
