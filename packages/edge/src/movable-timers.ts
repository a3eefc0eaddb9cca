/**
 * Timers that outlive the request they were set in. Platforms end a request's timers with it, and the delivery machine
 * must not miss its alarm: another request can take it over, for what is left of the wait.
 */
import type { Timers } from "@whisperr/core";
import { nowMs, timers } from "./clock.ts";

export interface MovableTimers<Owner> extends Timers {
  /** Sets the alarms that nobody `fit` owns, for `owner`. To be called in the owner's own request. */
  adopt(owner: Owner): void;
  isOwner(owner: Owner): boolean;
}

export interface TimerOwners<Owner> {
  /** In whose request code runs now; undefined when that request is over, or there is none. */
  present(): Owner | undefined;
  /** Whether its request lasts, and has a reason to. */
  fit(owner: Owner): boolean;
  /** Runs the callback of a timer that was set for `owner`, in the owner's request. */
  run(owner: Owner, callback: () => void): void;
  /** An alarm was set that nobody owns. */
  onOrphan(): void;
}

interface Alarm<Owner> {
  readonly callback: () => void;
  readonly delayMs: number;
  readonly dueMs: number;
  owner?: Owner;
  handle?: unknown;
}

export function createMovableTimers<Owner>(owners: TimerOwners<Owner>): MovableTimers<Owner> {
  const alarms = new Set<Alarm<Owner>>();

  function arm(alarm: Alarm<Owner>, owner: Owner): void {
    if (alarm.handle !== undefined) timers.clear(alarm.handle);
    // A clock that jumped back must not prolong the wait.
    const leftMs = Math.min(alarm.delayMs, Math.max(0, alarm.dueMs - nowMs()));
    const handle = timers.set(() => {
      // It may have moved on, or been cleared from a request that cannot reach this one's timers.
      if (alarm.handle !== handle || !alarms.delete(alarm)) return;
      owners.run(owner, alarm.callback);
    }, leftMs);
    alarm.owner = owner;
    alarm.handle = handle;
  }

  return {
    set(callback, delayMs) {
      const alarm: Alarm<Owner> = { callback, delayMs, dueMs: nowMs() + delayMs };
      alarms.add(alarm);
      const owner = owners.present();
      if (owner === undefined) owners.onOrphan();
      else arm(alarm, owner);
      return alarm;
    },
    clear(handle) {
      const alarm = handle as Alarm<Owner> | undefined;
      if (alarm !== undefined && alarms.delete(alarm)) timers.clear(alarm.handle);
    },
    adopt(owner) {
      for (const alarm of alarms) {
        if (alarm.owner === undefined || !owners.fit(alarm.owner)) arm(alarm, owner);
      }
    },
    isOwner: (owner) => [...alarms].some((alarm) => alarm.owner === owner),
  };
}
