/** For tests: a client that writes its calls down instead of sending them. Tests of an app need no server. */
import type { ShopWhisperr } from "./whisperr.ts";

export type RecordedCall = readonly [method: "track" | "identify", userId: string, ...rest: unknown[]];

export interface RecordingWhisperr {
  readonly whisperr: ShopWhisperr;
  readonly calls: readonly RecordedCall[];
}

export function createRecordingWhisperr(): RecordingWhisperr {
  const calls: RecordedCall[] = [];
  const nothingLeft = async () => ({ delivered: calls.length, dropped: 0, pending: 0 });
  const whisperr: ShopWhisperr = {
    track: (...call) => void calls.push(["track", ...call]),
    identify: (...call) => void calls.push(["identify", ...call]),
    forUser: (userId) => ({
      track: (...call) => void calls.push(["track", userId, ...call]),
      identify: (...call) => void calls.push(["identify", userId, ...call]),
    }),
    flush: nothingLeft,
    shutdown: nothingLeft,
    stats: () => ({ accepted: calls.length, delivered: 0, dropped: {}, pending: calls.length }),
  };
  return { whisperr, calls };
}
