/**
 * The page's side of the drawing thread. All that a page draws shares one thread, which starts with the first drawing, or
 * before. A drawing goes to the thread once its model is loaded, and waits for its turn there; models are loaded beside what is drawn.
 */
import {
  type DrawingStep,
  type DrawnImage,
  type DrawRequest,
  type ProgressDetail,
  rethrow,
  type Source,
  sourceKey,
  type ThreadCalls,
  type ThreadImage,
} from "./protocol.ts";
import { caller } from "./rpc.ts";

export interface DrawOptions {
  /** Aborts the drawing; the promise is then rejected with the signal's reason. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: DrawingStep) => void;
  /** Measures the request's `screenWidth` when the model is loaded. */
  readonly screenWidth?: () => number;
  /** Called when the model is loaded. */
  readonly onBegin?: () => void;
}

/**
 * Draws one image on this device. Throws `RequestError` when the request is wrong, the signal's reason when aborted,
 * another `Error` when this device cannot draw it.
 */
export type Draw = (request: DrawRequest, options: DrawOptions) => Promise<DrawnImage>;

/** Milliseconds until a download that nobody waits for is aborted: an element that changes asks for its model again at once. */
const GRACE = 200;

/**
 * Sends drawings to a thread. If the thread breaks down, all its drawings fail; the next drawing starts a new thread. A drawing
 * fails if the page's policy forbids the worker. `prepare` starts the thread before the first drawing.
 */
export function drawInThread(startThread: () => Worker): Draw & { prepare(): void } {
  let thread: ReturnType<typeof drawIn> | undefined;
  function prepare(): ReturnType<typeof drawIn> {
    thread ??= drawIn(startThread(), () => {
      thread = undefined;
    });
    return thread;
  }
  const draw: Draw = async (request, options) => {
    const image = await prepare().draw(request, options);
    const { pixels, width, height, channels, recipe, isIndexed } = image;
    return { ...image, png: async () => prepare().call("encode", { pixels, width, height, channels, recipe, isIndexed }) };
  };
  return Object.assign(draw, { prepare });
}

/** A model that is loaded or being loaded, and the drawings that need it. */
interface Loading {
  readonly done: Promise<void>;
  readonly abort: AbortController;
  readonly users: Set<Pick<DrawOptions, "onProgress">>;
}

/** One thread. */
function drawIn(worker: Worker, onBreakdown: () => void) {
  const { call, fail } = caller<ThreadCalls>(worker);
  /** By `sourceKey`. What failed is not kept. */
  const models = new Map<string, Loading>();
  worker.onerror = (event) => {
    event.preventDefault();
    worker.terminate();
    onBreakdown();
    fail(new Error(`The drawing thread broke down: ${event.message ?? "it could not be loaded"}`));
  };

  function modelOf({ server, file, model }: Source): Loading {
    const source = { server, file, model };
    const key = sourceKey(source);
    const known = models.get(key);
    if (known) return known;
    const abort = new AbortController();
    const users: Loading["users"] = new Set();
    const onProgress = (progress: ProgressDetail): void => {
      for (const user of users) user.onProgress(progress);
    };
    const loading: Loading = { done: call("load", source, { signal: abort.signal, onProgress }), abort, users };
    models.set(key, loading);
    loading.done.catch(() => models.delete(key));
    return loading;
  }

  async function draw(request: DrawRequest, { signal, onProgress, screenWidth, onBegin }: DrawOptions): Promise<ThreadImage> {
    signal.throwIfAborted();
    const { done, users, abort } = modelOf(request);
    const user = { onProgress };
    users.add(user);
    const loaded = new AbortController();
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), { signal: loaded.signal }),
    );
    try {
      await Promise.race([done, aborted]).finally(() => loaded.abort());
      onBegin?.();
      const measured = screenWidth ? { ...request, screenWidth: screenWidth() } : request;
      return await call("draw", measured, { signal, onProgress });
    } catch (error) {
      return rethrow(error);
    } finally {
      users.delete(user);
      if (signal.aborted) setTimeout(() => users.size > 0 || abort.abort(), GRACE); // what is loaded stays
    }
  }
  return { draw, call };
}

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
