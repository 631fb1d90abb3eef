/**
 * What is kept belongs to one tab at a time: to the one that holds a Web Lock, which others wait for. One that the visitor wants to use asks
 * the owner to let go, and takes the lock away from it then. Where there are no Web Locks (a page without TLS) the tab that opened last
 * has it, since each transaction of an earlier one is refused (`store.ts`).
 */
import { NAME } from "./store.ts";

const locks: LockManager | undefined = navigator.locks;
const channel = new BroadcastChannel(NAME);

/** Milliseconds that the page which was just left may keep it before another tab is spoken of, and that a tab which was asked may. */
const [PREDECESSOR, ASKED] = [2000, 3000];

/** This tab's wish to have it, until it has another one; and what gives it up. */
let wish = new AbortController();
let release: (() => void) | undefined;

/** Resolves once this tab has it, perhaps late. `isAsked`: the visitor wants it here. `onElsewhere`: another tab has it, or has taken it away. */
export async function takeOwnership(isAsked: boolean, onElsewhere: () => void): Promise<void> {
  wish.abort();
  wish = new AbortController();
  const { signal } = wish;
  if (isAsked || !locks) channel.postMessage("let go");
  if (isAsked) await waitUntilFree();
  if (!locks) return;
  const late = setTimeout(onElsewhere, PREDECESSOR);
  await new Promise<void>((resolve) => {
    const hold = (): Promise<void> => {
      clearTimeout(late);
      resolve();
      return new Promise((end) => (release = end));
    };
    locks.request(NAME, isAsked ? { steal: true } : { signal }, hold).catch(() => signal.aborted || onElsewhere());
  });
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

/** Hears when another tab wants what is kept. */
export const onAsked = (listener: () => void): void => channel.addEventListener("message", ({ data }) => data === "let go" && listener());
