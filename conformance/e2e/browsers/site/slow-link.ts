/** A slow uplink in front of an API: what goes up takes its time, what comes down does not. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface SlowLink {
  readonly url: string;
  /** Of everything that went up, in vain or not. */
  bytesUp(): number;
  /** Connections that ended before all they were given was up. */
  cutShort(): number;
}

interface Upload {
  readonly chunks: Buffer[];
  readonly up: Socket;
}

const STEP_MS = 10;

/** What a client that is gone has not got up yet is lost. */
export async function startSlowLink(target: string, bytesPerSecond: number): Promise<SlowLink> {
  const waiting = new Set<Upload>();
  let bytesUp = 0;
  let cutShort = 0;
  const server = createServer((client) => {
    const upload: Upload = { chunks: [], up: connect(Number(new URL(target).port), "127.0.0.1") };
    client.on("data", (chunk) => {
      upload.chunks.push(chunk);
      waiting.add(upload);
    });
    const end = () => {
      if (waiting.delete(upload)) cutShort += 1;
      upload.up.destroy();
    };
    client.on("close", end).on("error", end);
    upload.up.on("error", () => client.destroy()).pipe(client);
  });
  let sinceMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    let bytes = Math.floor(((nowMs - sinceMs) / 1000) * bytesPerSecond);
    sinceMs = nowMs;
    for (const upload of waiting) {
      const sent = move(upload, bytes);
      bytes -= sent;
      bytesUp += sent;
      if (upload.chunks.length === 0) waiting.delete(upload);
    }
  }, STEP_MS);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    clearInterval(timer);
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, bytesUp: () => bytesUp, cutShort: () => cutShort };
}

/** Returns how many bytes went up, `most` at most. */
function move({ chunks, up }: Upload, most: number): number {
  let sent = 0;
  while (sent < most && chunks.length > 0) {
    const [chunk] = chunks.splice(0, 1) as [Buffer];
    const part = chunk.subarray(0, most - sent);
    up.write(part);
    sent += part.length;
    if (part.length < chunk.length) chunks.unshift(chunk.subarray(part.length));
  }
  return sent;
}
