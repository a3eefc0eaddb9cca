/** What a consumer proves of a package: that it loads, or that its event arrives. */
import { type IngestionApi, startIngestionApi } from "@whisperr/conformance/api";

export type Proof = "delivers" | "loads";

/** What one consumer has proven, by package. Delivery says more than loading does. */
export type Proofs = Map<string, Proof>;

export const EVENT = "package_installed";

/** Runs a program that tracks one event with `name`; it has to arrive, once, and nothing else. */
export async function delivers(
  proofs: Proofs,
  name: string,
  program: (api: IngestionApi) => Promise<void>,
): Promise<void> {
  const api = await startIngestionApi({ cors: true });
  try {
    await program(api);
    const arrived = api.store.events.map(
      ({ eventType, properties }) => `${eventType} of ${String(properties?.package)}`,
    );
    const expected = `${EVENT} of ${name}`;
    if (arrived.length !== 1 || arrived[0] !== expected)
      throw new Error(
        `expected one event, "${expected}"; the API got ${arrived.length === 0 ? "none" : arrived.join(", ")}`,
      );
    proofs.set(name, "delivers");
  } finally {
    await api.close();
  }
}

export function loads(proofs: Proofs, name: string): void {
  if (!proofs.has(name)) proofs.set(name, "loads");
}
