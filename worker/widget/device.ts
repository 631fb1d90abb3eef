/** The page's side: one thread for all elements of the page, started by the first drawing. */
import { type DrawingStep, type DrawnImage, type DrawRequest, type FromThread, RequestError, type ToThread } from "./protocol.ts";

export interface DrawOptions {
  /** Aborts the drawing; the promise is then rejected with the signal's reason. */
  readonly signal: AbortSignal;
  readonly onStep: (step: DrawingStep) => void;
}

/**
 * Draws one image on this device. Throws `RequestError` when the request is wrong, the signal's reason when aborted, another `Error` when this device
 * cannot draw it.
 */
export type Draw = (request: DrawRequest, options: DrawOptions) => Promise<DrawnImage>;

interface Drawing extends DrawOptions {
  resolve(image: DrawnImage): void;
  reject(reason: unknown): void;
}

/** Sends drawings to a thread. One that breaks down is given up with all its drawings; the next drawing starts another. */
export function drawInThread(startThread: () => Worker): Draw {
  let thread: Thread | undefined;
  return async (request, options) => {
    thread ??= new Thread(startThread(), () => {
      thread = undefined;
    });
    return thread.draw(request, options);
  };
}

class Thread {
  readonly #worker: Worker;
  readonly #drawings = new Map<number, Drawing>();
  #count = 0;

  constructor(worker: Worker, onBreakdown: () => void) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromThread>) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      onBreakdown();
      worker.terminate();
      const reason = new Error(`The drawing thread broke down: ${event.message ?? "it could not be loaded"}`);
      for (const drawing of this.#drawings.values()) drawing.reject(reason);
    };
  }

  draw(request: DrawRequest, options: DrawOptions): Promise<DrawnImage> {
    const { signal } = options;
    const id = this.#count++;
    const abort = () => {
      this.#send({ type: "abort", id });
      this.#drawings.get(id)?.reject(signal.reason);
    };
    return new Promise<DrawnImage>((resolve, reject) => {
      signal.throwIfAborted();
      this.#drawings.set(id, { ...options, resolve, reject });
      signal.addEventListener("abort", abort);
      this.#send({ type: "draw", id, request });
    }).finally(() => {
      signal.removeEventListener("abort", abort);
      this.#drawings.delete(id);
    });
  }

  #receive(message: FromThread): void {
    const drawing = this.#drawings.get(message.id);
    if (message.type === "step") drawing?.onStep(message.step);
    else if (message.type === "image") drawing?.resolve(message.image);
    else drawing?.reject(message.isRequest ? new RequestError(message.message) : new Error(message.message));
  }

  #send(message: ToThread): void {
    this.#worker.postMessage(message);
  }
}

/**
 * A worker that runs a script of any origin: browsers start workers from the page's own origin only, so this one starts from a blob, which imports
 * the script (by CORS). A page's Content-Security-Policy may forbid it; then the worker gets an `error` event, or this throws.
 */
export function crossOriginWorker(script: URL): Worker {
  const url = URL.createObjectURL(new Blob([`import ${JSON.stringify(script.href)};`], { type: "text/javascript" }));
  return new Worker(url, { type: "module", name: "anneal" });
}
