/** The module and its providers. */
import type { CallHandler, DynamicModule, ExecutionContext, FactoryProvider, Scope } from "@nestjs/common";
import type { UserClient } from "@whisperr/core";
import type { Whisperr } from "@whisperr/node";
import { ownClient } from "../frameworks/own-client.ts";
import { type RequestOptions, requestClients } from "../frameworks/request-client.ts";
import { runWith } from "../frameworks/requests.ts";
import {
  MODULE_OPTION_NAMES,
  type NestRequest,
  type WhisperrModuleAsyncOptions,
  type WhisperrModuleOptions,
} from "./options.ts";
import { RequestWhisperr, WhisperrRecording, WhisperrService } from "./services.ts";

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

function moduleOf(options: NonNullable<DynamicModule["providers"]>[number]): DynamicModule {
  return {
    module: WhisperrModule,
    global: true,
    providers: [
      options,
      {
        provide: CLIENT,
        inject: [OPTIONS],
        useFactory: (given: WhisperrModuleOptions) => ownClient(given, "WhisperrModule"),
      },
      {
        provide: CLIENTS,
        inject: [CLIENT, OPTIONS],
        useFactory: (whisperr: Whisperr, given: RequestOptions<[unknown]>): ClientOf =>
          requestClients<[unknown]>(whisperr, given, {
            name: "WhisperrModule",
            names: MODULE_OPTION_NAMES,
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
