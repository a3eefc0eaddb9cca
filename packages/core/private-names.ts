/**
 * Names of properties that nobody outside of a package's code may rely on: builds for browsers and edge runtimes shorten
 * them. None is public, on the wire, stored, shared between copies of the SDK on one page, or a platform's own; a test of
 * each package looks at that.
 */
const PRIVATE_NAMES = `
  abortController afterMs awaited backup callers ceiling effects ending evicted failures isPage doubts probes blames
  flushes fresh goal holdingTimers identityStore isOver known
  knownText limit lost maxBodyBytes newId nowMs onStep onEnd onFull
  onOutOfWork onSettled onStored phase ports readText refusals reporter reporting retryAfter silent stopping
  suspect timers transport unlisten untold isFirst uuid warned failure reports recorder rounds futile base baseJson config
  doubtful isReady hasStarted isStored joined note own readLocked recovery requestLock revoked isHere maySend written
  lease leaseMs tabEffects failedAtMs bodyBytes frail wasRefused isFailureKnown isHidden contextOf queues session device shared prefix endHandling retriesKept isHandling handlerReturned
  isTorn leavingAs isWeighed weighedSize clockAheadMs mistimed clockTrust drawnAtMs around assigned endPause pause resumeAfterMs awaits caller cutOff deadline deadlineMs delayMs dueMs isCalling isSet letGo owner recover requestEffects requests setTimer wake
  holds holding pushing addTraits releaseHeld claimed identifying onlyOptsOut noteUnheard noteRepeated settled device durable storedLocks watchViews contextOf
  ahead sendingAhead aheadBytes sendAhead isHurried isSayingAgain hasSpoken sinceMs isAlone isPrerendered isLeft leftMs reading inTime mayBeUndone
  answer batch check drop flushed frail hasRoom inContext last log offset report say timer update upTo viewed viewedAtMs
`
  .trim()
  .split(/\s+/);

/** For esbuild's `mangleProps`. */
export const PRIVATE_PROPERTIES = new RegExp(`^(${PRIVATE_NAMES.join("|")})$`);
