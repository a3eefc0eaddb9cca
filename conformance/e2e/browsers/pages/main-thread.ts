/** Measures how long the main thread is not free: a beat per task, and the engine's own long tasks where it tells. */

export function watchMainThread(): () => { longestBlockMs: number; longTasks: number | null } {
  const { port1, port2 } = new MessageChannel();
  let longestBlockMs = 0;
  let last = performance.now();
  port1.onmessage = () => {
    const now = performance.now();
    longestBlockMs = Math.max(longestBlockMs, now - last);
    last = now;
    // One beat per timer turn: beating without a pause would itself keep the thread busy.
    setTimeout(beat);
  };
  function beat(): void {
    last = performance.now();
    port2.postMessage(null);
  }
  beat();

  let longTasks: number | null = null;
  if (PerformanceObserver.supportedEntryTypes.includes("longtask")) {
    longTasks = 0;
    const observer = new PerformanceObserver((list) => {
      longTasks = (longTasks ?? 0) + list.getEntries().length;
    });
    observer.observe({ type: "longtask", buffered: true });
  }
  return () => ({ longestBlockMs, longTasks });
}
