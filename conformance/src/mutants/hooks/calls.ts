/** Mistakes about what a call does. */
import type { Client, How, Life } from "../mutant.ts";

export const withClient =
  (edit: (client: Client, life: Life) => Partial<Client>): How =>
  (life) => ({ client: (client) => edit(client, life) });

/** The same for client SDKs, which have all methods. */
export const calling =
  (methods: (client: Required<Client>) => Partial<Client>): How =>
  () => ({ client: (client) => methods(client as Required<Client>) });
