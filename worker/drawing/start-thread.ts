/** Starts threads. */

/** The one Trusted Types policy of the widget: for the address of the thread's script. */
const TRUSTED_TYPES_POLICY = "anneal";

/** Set by the build: the script of thread.ts. */
declare const THREAD_SCRIPT: string;

/**
 * Browsers start workers only from the page's own origin, so a script that other pages load has the thread's inside and
 * starts it from a blob. They are of one version then, too, and no bundler has to find the thread. If the page's policy
 * forbids such workers, the worker gets an `error` event.
 */
export function startThread(): Worker {
  const url = URL.createObjectURL(new Blob([THREAD_SCRIPT], { type: "text/javascript" }));
  return new Worker(trustedScriptUrl(url)); // a page from a disk may start no module
}

/** Starts a module of the page's own origin. */
export const startModule = (script: string): Worker => new Worker(trustedScriptUrl(script), { type: "module" });

/** A module's thread that ends when it fails; `onFailure` hears why. */
export function moduleThread(script: string, onFailure: (message: string) => void): Worker {
  const thread = startModule(script);
  thread.onerror = (event) => {
    event.preventDefault();
    thread.terminate();
    onFailure(event.message ?? "it could not be loaded");
  };
  return thread;
}

interface Policy {
  createScriptURL(url: string): string;
}

declare global {
  var trustedTypes: { createPolicy(name: string, rules: Policy): Policy } | undefined;
}

let policy: Policy | undefined;

function trustedScriptUrl(url: string): string {
  policy ??= globalThis.trustedTypes?.createPolicy(TRUSTED_TYPES_POLICY, { createScriptURL: (address) => address });
  return policy?.createScriptURL(url) ?? url;
}
