/** Tabs of the page share what is kept: one learns at a time, and each hears when another has changed something. */
const NAME = "anneal-yours";
const channel = new BroadcastChannel(NAME);
const locks: LockManager | undefined = navigator.locks; // pages without TLS have none

/** Milliseconds to wait for what this tab itself has just ended, also on a busy device: where they are over, a press does nothing. */
const PATIENCE = 5000;

/** Gives the right to learn back. */
export type Release = () => void;

/** The right to learn, which one tab has at a time. */
export interface Lock {
  /** Undefined if another tab has it. */
  take(): Promise<Release | undefined>;
  isTaken(): Promise<boolean>;
  untilFree(): Promise<void>;
}

export const lock: Lock = {
  take: () =>
    new Promise((resolve) => {
      const hold = (): Promise<void> => new Promise((release) => resolve(release));
      if (locks) locks.request(NAME, { signal: AbortSignal.timeout(PATIENCE) }, hold).catch(() => resolve(undefined));
      else hold();
    }),
  isTaken: async () => ((await locks?.query())?.held ?? []).some(({ name, mode }) => name === NAME && mode === "exclusive"),
  untilFree: async () => locks?.request(NAME, { mode: "shared" }, () => undefined),
};

export const tellOthers = (): void => channel.postMessage("changed");
export const onOthersChange = (listener: () => void): void => channel.addEventListener("message", listener);
