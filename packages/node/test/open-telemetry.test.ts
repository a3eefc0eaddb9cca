/** Beside OpenTelemetry: its real API, SDK and instrumentation of fetch. */
import { context, trace } from "@opentelemetry/api";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { createWhisperr } from "@whisperr/node";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startIngestionApi } from "./ingestion-api.ts";

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const instrumentation = new UndiciInstrumentation();

beforeAll(() => {
  provider.register();
  instrumentation.setTracerProvider(provider);
  instrumentation.enable();
});
afterAll(() => {
  instrumentation.disable();
  trace.disable();
  context.disable();
});
beforeEach(() => exporter.reset());

const tracer = () => trace.getTracer("test");

test("an event names the span that it is recorded in; one outside of spans names none", async () => {
  const api = await startIngestionApi();
  const whisperr = createWhisperr({ apiKey: "wrk_test", baseUrl: api.url, context: { service: "billing" } });
  const { traceId, spanId } = tracer().startActiveSpan("checkout", (span) => {
    whisperr.track("ada", "payment_failed", {}, { request: 7 });
    whisperr.forUser("ada").track("plan_upgraded", {}, { trace_id: "of the app" });
    span.end();
    return span.spanContext();
  });
  whisperr.track("ada", "signed_up");
  await whisperr.shutdown();
  const [first, second, third] = api.events().map((event) => event.context);
  expect(first).toMatchObject({ service: "billing", request: 7, trace_id: traceId, span_id: spanId });
  expect(second).toMatchObject({ trace_id: "of the app", span_id: spanId });
  expect(third).not.toHaveProperty("trace_id");
  expect(third).not.toHaveProperty("span_id");
});

test("a request of the SDK is no span, whoever flushes; the app's own still are", async () => {
  const api = await startIngestionApi();
  const whisperr = createWhisperr({ apiKey: "wrk_test", baseUrl: api.url });
  await tracer().startActiveSpan("checkout", async (span) => {
    whisperr.track("ada", "payment_failed");
    await whisperr.flush();
    await fetch(`${api.url}/own`, { method: "POST", body: "{}" });
    span.end();
  });
  await whisperr.shutdown();
  expect(api.requests.map(({ path }) => path)).toEqual(["/v1/events/batch", "/own"]);
  // The one of fetch, and the one around it.
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(["POST", "checkout"]);
});

test("an API of OpenTelemetry that is broken, or another one, costs nothing", async () => {
  const api = await startIngestionApi();
  const key = Symbol.for("opentelemetry.js.api.1");
  const host = globalThis as { [key]?: unknown };
  const real = host[key];
  const broken = {
    active() {
      throw new Error("broken");
    },
  };
  try {
    for (const other of [{}, { context: broken }, { context: {} }, 7]) {
      host[key] = other;
      const whisperr = createWhisperr({ apiKey: "wrk_test", baseUrl: api.url });
      whisperr.track("ada", "signed_up");
      await whisperr.shutdown();
    }
  } finally {
    host[key] = real;
  }
  expect(api.eventTypes()).toEqual(Array(4).fill("signed_up"));
});

test("every event says which SDK recorded it, and where; what the app says wins", async () => {
  const api = await startIngestionApi();
  const clientOf = (own: object) => createWhisperr({ apiKey: "wrk_test", baseUrl: api.url, context: own });
  for (const own of [{}, { service: "billing" }, { library: "mine" }]) {
    const whisperr = clientOf(own);
    whisperr.track("ada", "signed_up");
    whisperr.track("ada", "signed_up", {}, { request: 7 });
    await whisperr.shutdown();
  }
  const libraries = api.events().map(({ context }) => context.library);
  const library = { name: "@whisperr/node", version: "0.0.0", runtime: `node/${process.versions.node}` };
  expect(libraries).toEqual([library, library, library, library, "mine", "mine"]);
});
