/**
 * OpenTelemetry, where the app has it: its API stands under one name in the process, whichever copies of it are installed, so nothing
 * is imported and nothing is asked for where there is none.
 */
import type { FetchLike, Ports } from "../ports.ts";

/** The part of `@opentelemetry/api` 1 that is used. */
interface Api {
  readonly context?: {
    active(): Context;
    with<T>(context: Context, run: () => T): T;
  };
}

interface Context {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): Context;
}

interface Span {
  spanContext(): { readonly traceId: string; readonly spanId: string };
}

const API = Symbol.for("opentelemetry.js.api.1");
/** Where a context has its span, and the mark that nothing in it is traced. */
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");
const SUPPRESSED = Symbol.for("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

function contexts(): Api["context"] {
  return (globalThis as { [API]?: Api })[API]?.context;
}

/** A server's ports, where an app may trace what it does. */
export function traced(ports: Ports): Ports {
  return { ...ports, fetch: untraced(ports.fetch), spanOfCall: activeSpan };
}

/** The span that the caller is in, for the context of an event; undefined where there is none. Never throws. */
export function activeSpan(): object | undefined {
  try {
    const span = contexts()?.active().getValue(SPAN) as Span | undefined;
    if (span === undefined) return undefined;
    const { traceId, spanId } = span.spanContext();
    // All zeros: of a span that nobody records.
    return /[^0]/.test(traceId) ? { trace_id: traceId, span_id: spanId } : undefined;
  } catch {
    return undefined;
  }
}

/** Its requests are no part of any trace: an instrumented `fetch` whose spans lead to events would never come to an end. */
export function untraced(fetch: FetchLike): FetchLike {
  return (url, init) => {
    let request: ReturnType<FetchLike> | undefined;
    const send = () => {
      request = fetch(url, init);
    };
    try {
      const context = contexts();
      context?.with(context.active().setValue(SUPPRESSED, true), send);
    } catch {
      // What is not that API, or is broken, is as good as none.
    }
    return request ?? fetch(url, init);
  };
}
