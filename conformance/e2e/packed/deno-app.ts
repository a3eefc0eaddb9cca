/** An app that uses all of @whisperr/deno, and one with mistakes: for every compiler that meets the package. */
export const DENO_APP = `
  import { channel, createMemoryOutbox, createWhisperr, openKvOutbox } from "@whisperr/deno";
  import type {
    AnyEvents, Channel, ChannelSettings, ChannelType, DenoOptions, DropReason, EventMap, FetchLike, FlushResult, IdentifyOptions,
    KvAtomic, KvKey, KvLike, KvOutbox, KvOutboxOptions, Operation, Outbox, PushSettings, Stats, UserClient, Whisperr, WhisperrError,
    WireEvent,
  } from "@whisperr/deno";

  interface Events { signed_up: { plan: string } }
  const outbox: Outbox = createMemoryOutbox();
  const options: DenoOptions = {
    outbox, exitTimeoutMs: 0,
    onError: (error: WhisperrError) => { const reason: DropReason | undefined = error.reason; void reason; },
    beforeSend: (event: WireEvent) => event,
  };
  const whisperr: Whisperr<Events> = createWhisperr<Events>(options);
  whisperr.track("ada", "signed_up", { plan: "pro" });
  whisperr.identify("ada", { channels: [channel.email("ada@example.com", { verified: true })] });
  const ada: UserClient<Events> = whisperr.forUser("ada");
  const end: Promise<FlushResult> = whisperr.shutdown({ timeoutMs: 1 });
  const stats: Stats = whisperr.stats();
  declare const kv: KvLike;
  const settings: KvOutboxOptions = { name: "billing", onError: (error) => void error.message };
  const durable: Promise<KvOutbox> = openKvOutbox(kv, settings);
  export const used = [ada, end, stats, durable];
  export type Others = [
    AnyEvents, Channel, ChannelSettings, ChannelType, EventMap, FetchLike, IdentifyOptions, KvAtomic, KvKey, Operation, PushSettings,
  ];
`;

export const DENO_MISTAKES = `
  import { createWhisperr } from "@whisperr/deno";
  createWhisperr<{ signed_up: { plan: string } }>().track("ada", "sined_up", { plan: "pro" });
  createWhisperr({ flushAfter: 1 });
`;
