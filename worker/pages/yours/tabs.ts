/** Tabs of the page share what is kept: one learns at a time, and each hears when another has changed something. */
import { type Changes, keep } from "./kept.ts";

const NAME = "anneal-yours";
const channel = new BroadcastChannel(NAME);
const locks: LockManager | undefined = navigator.locks; // pages without TLS have none

/** Milliseconds to wait for what this tab itself has just ended, also on a busy device: where they are over, a press does nothing. */
const PATIENCE = 5000;

/** Has no other tab learn until its result is called, or until the promise that it is called with settles. Undefined if one does. */
export function soleTab(): Promise<((last?: Promise<unknown>) => void) | undefined> {
  return new Promise((resolve) => {
    const hold = (): Promise<unknown> => new Promise((release) => resolve(release));
    if (locks) locks.request(NAME, { signal: AbortSignal.timeout(PATIENCE) }, hold).catch(() => resolve(undefined));
    else hold();
  });
}

export const doesOneLearn = async (): Promise<boolean> =>
  ((await locks?.query())?.held ?? []).some(({ name, mode }) => name === NAME && mode === "exclusive");

export const untilNoneLearns = async (): Promise<void> => locks?.request(NAME, { mode: "shared" }, () => undefined);

/** Keeps changes for all tabs. Whether there was room. */
export async function keepForAll(changes: Changes): Promise<boolean> {
  const isKept = await keep(changes);
  if (isKept) channel.postMessage("changed");
  return isKept;
}

export const onOthersChange = (listener: () => void): void => channel.addEventListener("message", listener);
