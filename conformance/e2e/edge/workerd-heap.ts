/** The heap of a Worker, asked through workerd's inspector. */

const USAGE = 1;

/** Bytes in use, garbage apart. `inspector`: the address of its WebSocket. */
export async function heapOf(inspector: URL): Promise<number> {
  const socket = new WebSocket(inspector);
  try {
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error(`no inspector at ${inspector}`));
    });
    // workerd leaves a plain request for a collection unanswered, but collects before it takes a snapshot.
    socket.send(JSON.stringify({ id: 0, method: "HeapProfiler.takeHeapSnapshot" }));
    socket.send(JSON.stringify({ id: USAGE, method: "Runtime.getHeapUsage" }));
    return await new Promise((resolve, reject) => {
      socket.onclose = () => reject(new Error("the inspector hung up"));
      socket.onmessage = ({ data }) => {
        const { id, result } = JSON.parse(String(data)) as { id?: number; result?: { usedSize: number } };
        if (id === USAGE) resolve(result?.usedSize ?? Number.NaN);
      };
    });
  } finally {
    socket.close();
  }
}
