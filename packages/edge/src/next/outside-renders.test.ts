import { AsyncLocalStorage } from "node:async_hooks";
import { webPorts } from "@whisperr/core";
import { expect, test, vi } from "vitest";

/** As `@opentelemetry/api` stands in a process, with a context that follows calls. */
function openTelemetry() {
  const contexts = new AsyncLocalStorage<Map<symbol, unknown>>();
  const contextOf = (values: Map<symbol, unknown>) => ({
    getValue: (key: symbol) => values.get(key),
    setValue: (key: symbol, value: unknown) => contextOf(new Map(values).set(key, value)),
    values,
  });
  const active = () => contextOf(contexts.getStore() ?? new Map());
  const run = <T>(context: { values: Map<symbol, unknown> }, work: () => T) =>
    contexts.run(context.values, work);
  return { context: { active, with: run } };
}

test("an event is part of the span of its call, and its request is traced by nobody", async () => {
  vi.stubGlobal("AsyncLocalStorage", AsyncLocalStorage);
  const api = openTelemetry();
  const key = Symbol.for("opentelemetry.js.api.1");
  Object.assign(globalThis, { [key]: api });
  try {
    const { untraced } = await import("@whisperr/core");
    const { leaveRenders } = await import("./outside-renders.ts");
    const suppressed: unknown[] = [];
    const fetch = async () => {
      const { context } = api;
      suppressed.push(
        context.active().getValue(Symbol.for("OpenTelemetry SDK Context Key SUPPRESS_TRACING")),
      );
      return { status: 202, headers: new Headers(), text: async () => "" };
    };
    const ports = webPorts(untraced(fetch));
    leaveRenders(ports);
    const span = { spanContext: () => ({ traceId: "a1".repeat(16), spanId: "b2".repeat(8) }) };
    const request = api.context.active().setValue(Symbol.for("OpenTelemetry Context Key SPAN"), span);
    const read = api.context.with(request, () => {
      void ports.fetch("https://api.example.com", {} as never);
      return ports.spanOfCall?.();
    });
    expect(read).toEqual({ trace_id: "a1".repeat(16), span_id: "b2".repeat(8) });
    expect(ports.spanOfCall?.()).toBeUndefined();
    expect(suppressed).toEqual([true]);
  } finally {
    Reflect.deleteProperty(globalThis, key);
    vi.unstubAllGlobals();
  }
});
