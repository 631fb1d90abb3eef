/**
 * The page's side of the drawing thread. All elements of a page share one thread, which starts with the first drawing.
 */
import {
  type DrawingStep,
  type DrawnFor,
  type DrawnImage,
  type DrawnPixels,
  type DrawRequest,
  type FromThread,
  RequestError,
  sourceKey,
  type ThreadRequest,
  type ToThread,
} from "./protocol.ts";

export interface DrawOptions {
  /** Aborts the drawing; the promise is then rejected with the signal's reason. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: DrawingStep) => void;
  /** Whether the image's place is in the viewport. Visible images are drawn first. */
  readonly isVisible: () => boolean;
  /** The request's `place`, measured when the drawing's turn comes. */
  readonly place?: () => number;
}

/**
 * Draws one image on this device. Throws `RequestError` when the request is wrong, the signal's reason when aborted,
 * another `Error` when this device cannot draw it.
 */
export type DrawAny = <R extends ThreadRequest>(request: R, options: DrawOptions) => Promise<DrawnFor<R>>;

export type Draw = (request: DrawRequest, options: DrawOptions) => Promise<DrawnImage>;

interface PendingDrawing extends DrawOptions {
  readonly id: number;
  readonly request: ThreadRequest;
  resolve(image: DrawnPixels): void;
  reject(reason: unknown): void;
}

/** How many drawings the thread has at a time: one being drawn and one waiting, so that it is never idle. */
const IN_THREAD = 2;

export type StartThread = () => Worker;

/**
 * Sends drawings to a thread. If the thread breaks down, all its drawings fail; the next drawing starts a new thread.
 */
export function drawInThread(startThread: StartThread): DrawAny {
  let thread: DrawingThread | undefined;
  return async (request, options) => {
    thread ??= new DrawingThread(startThread, () => {
      thread = undefined;
    });
    return thread.draw(request, options);
  };
}

class DrawingThread {
  /** All drawings of the page, in the order of their requests, and the ids of those that the thread has. */
  readonly #drawings = new Map<number, PendingDrawing>();
  readonly #inThread = new Set<number>();
  readonly #worker: Worker;
  #isReady = false;
  #count = 0;

  /** Throws if the page's policy forbids the worker. */
  constructor(startThread: StartThread, onBreakdown: () => void) {
    this.#worker = startThread();
    this.#worker.onmessage = ({ data }: MessageEvent<FromThread>) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#worker.terminate();
      onBreakdown();
      const reason = new Error(`The drawing thread broke down: ${event.message ?? "it could not be loaded"}`);
      for (const drawing of this.#drawings.values()) drawing.reject(reason);
    };
  }

  draw<R extends ThreadRequest>(request: R, options: DrawOptions): Promise<DrawnFor<R>> {
    const { signal } = options;
    const id = this.#count++;
    const abort = () => {
      if (this.#inThread.has(id)) this.#send({ type: "abort", id });
      this.#drawings.get(id)?.reject(signal.reason);
    };
    return new Promise<DrawnPixels>((resolve, reject) => {
      signal.throwIfAborted();
      this.#drawings.set(id, { id, request, ...options, resolve, reject });
      signal.addEventListener("abort", abort);
      this.#fill();
    }).finally(() => {
      signal.removeEventListener("abort", abort);
      this.#drawings.delete(id);
      this.#inThread.delete(id);
      this.#fill();
    }) as Promise<DrawnFor<R>>;
  }

  /** Sends drawings to the thread until it has enough, visible ones first. */
  #fill(): void {
    while (this.#isReady && this.#inThread.size < IN_THREAD) {
      const waiting = [...this.#drawings.values()].filter(({ id }) => !this.#inThread.has(id));
      const next = waiting.find(({ isVisible }) => isVisible()) ?? waiting[0];
      if (!next) return;
      this.#inThread.add(next.id);
      this.#send({ type: "draw", id: next.id, request: { ...next.request, ...(next.place && { place: next.place() }) } });
    }
  }

  #receive(message: FromThread): void {
    switch (message.type) {
      case "ready":
        this.#isReady = true;
        this.#fill();
        break;
      case "download":
        for (const { request, onProgress } of this.#drawings.values())
          if (sourceKey(request) === sourceKey(message.source)) onProgress(message.progress);
        break;
      case "step":
        this.#drawings.get(message.id)?.onProgress(message.step);
        break;
      case "image":
        this.#drawings.get(message.id)?.resolve(message.image);
        break;
      case "error":
        this.#drawings.get(message.id)?.reject(message.isRequest ? new RequestError(message.message) : new Error(message.message));
    }
  }

  #send(message: ToThread): void {
    this.#worker.postMessage(message);
  }
}
