/** Tabs of the page share what is kept: one learns at a time, and each hears when another has changed something. */
const NAME = "anneal-yours";
const channel = new BroadcastChannel(NAME);
const locks: LockManager | undefined = navigator.locks; // pages without TLS have none

/** Milliseconds to wait for what this tab itself has just ended, also on a busy device: where they are over, a press does nothing. */
const PATIENCE = 5000;

/** Gives the right to learn back. */
export type Release = () => void;

/** The right to learn, which one tab has at a time. */
export const lock = {
  /** Undefined if another tab has it. */
  take: () =>
    new Promise<Release | undefined>((resolve) => {
      const hold = (): Promise<void> => new Promise((release) => resolve(release));
      if (locks) locks.request(NAME, { signal: AbortSignal.timeout(PATIENCE) }, hold).catch(() => resolve(undefined));
      else hold();
    }),
  isTaken: async (): Promise<boolean> =>
    ((await locks?.query())?.held ?? []).some(({ name, mode }) => name === NAME && mode === "exclusive"),
  untilFree: async (): Promise<void> => locks?.request(NAME, { mode: "shared" }, () => undefined),
};
export type Lock = typeof lock;

export const tellOthers = (): void => channel.postMessage("changed");
export const onOthersChange = (listener: () => void): void => channel.addEventListener("message", listener);
