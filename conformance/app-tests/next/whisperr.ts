import { createWhisperr } from "@whisperr/edge/next";

export const whisperr = createWhisperr();
