/** The Worker behind the dead-letter queue: remembers what came, and says so to whoever asks. */
interface Batch {
  readonly messages: readonly { readonly body: unknown }[];
}

const letters: unknown[] = [];

export default {
  fetch: () => Response.json(letters),
  queue(batch: Batch): void {
    letters.push(...batch.messages.map(({ body }) => body));
  },
};
