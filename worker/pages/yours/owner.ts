/**
 * What is kept belongs to one tab at a time: to the one that holds a Web Lock. Another one asks it to let go, and takes the lock
 * from a tab that does not answer. Where there are no Web Locks (a page without TLS) the tab that opened last has it, since each
 * transaction of an earlier one is refused (`store.ts`).
 */
import { NAME } from "../shared/own-pictures.ts";

const locks: LockManager | undefined = navigator.locks;
const channel = new BroadcastChannel(NAME);

/** Milliseconds to wait for the page that this tab has just left, and for a tab that was asked to let go. */
const [PREDECESSOR, ASKED] = [2000, 3000];

let release: (() => void) | undefined;

/** Whether this tab has it now. `isAsked`: the visitor wants it here. `onLost`: another tab has taken it away. */
export async function takeOwnership(isAsked: boolean, onLost: () => void): Promise<boolean> {
  release?.(); // this tab may have it still
  if (isAsked || !locks) channel.postMessage("let go");
  if (!locks) {
    if (isAsked) await waitUntilFree();
    return true;
  }
  const request = (options: LockOptions): Promise<boolean> =>
    new Promise((resolve) => {
      let isHeld = false;
      const hold = (): Promise<void> => {
        isHeld = true;
        resolve(true);
        return new Promise((end) => (release = end));
      };
      locks.request(NAME, options, hold).catch(() => (isHeld ? onLost() : resolve(false)));
    });
  if (await request({ signal: AbortSignal.timeout(isAsked ? ASKED : PREDECESSOR) })) return true;
  return isAsked && request({ steal: true });
}

/** Until the tab that was asked has let go, or does not answer. */
const waitUntilFree = (): Promise<unknown> =>
  new Promise((resolve) => {
    channel.addEventListener("message", ({ data }) => data === "free" && resolve(undefined));
    setTimeout(resolve, ASKED);
  });

export function giveOwnership(): void {
  release?.();
  channel.postMessage("free");
}

/** Hears when another tab wants what is kept, and when another page has left a picture. */
export const onMessage = (listener: (message: "let go" | "inbox") => void): void =>
  channel.addEventListener("message", ({ data }) => data !== "free" && listener(data));
