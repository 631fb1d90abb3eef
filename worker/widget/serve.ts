/**
 * The thread's side: draws what the page asks for, one image after the other, and loads each model once. It owns neither its port nor its runtimes, so
 * that tests give it others.
 */
import { loadModel, type Model, OptionError, type Runtime, sample } from "../../wasm-model/index.ts";
import { pictureShape } from "../../wasm-model/model/card.ts";
import { noisyPicture } from "../../wasm-model/render/picture.ts";
import { nextTurn } from "../../wasm-model/render/turn.ts";
import { type DrawnImage, type DrawRequest, type FromThread, RequestError, type ToThread } from "./protocol.ts";

/** Runtimes by name; each is fetched when a request first names it. */
export type Runtimes = Readonly<Record<string, () => Promise<Runtime>>>;

/** A `MessagePort`, or a Web Worker's global scope. */
export interface Port {
  onmessage: ((event: MessageEvent<ToThread>) => void) | null;
  postMessage(message: FromThread): void;
}

/** Answers the page's requests in the order in which they come, for as long as the port lives. */
export function serve(port: Port, runtimes: Runtimes): void {
  const models = new Map<string, Promise<Model>>();
  const aborts = new Map<number, AbortController>();
  let queue = Promise.resolve();

  port.onmessage = ({ data }) => {
    if (data.type === "abort") return aborts.get(data.id)?.abort();
    const abort = new AbortController();
    aborts.set(data.id, abort);
    queue = queue.then(() => answer(data.id, data.request, abort.signal));
  };

  async function answer(id: number, request: DrawRequest, signal: AbortSignal): Promise<void> {
    try {
      signal.throwIfAborted();
      port.postMessage({ type: "image", id, image: await draw(id, request, signal) });
    } catch (error) {
      const isRequest = error instanceof OptionError || error instanceof RequestError;
      if (!signal.aborted) port.postMessage({ type: "error", id, message: messageOf(error), isRequest });
    } finally {
      aborts.delete(id);
    }
  }

  async function draw(id: number, request: DrawRequest, signal: AbortSignal): Promise<DrawnImage> {
    const model = await readyModel(request);
    const { png, ...image } = await sample(model, {
      ...request.options,
      signal,
      onStep: (progress) => {
        const { evaluations, nfe } = progress;
        port.postMessage({
          type: "step",
          id,
          step: { evaluations, nfe, preview: noisyPicture(progress, pictureShape(model.card), model.card) },
        });
        return nextTurn();
      },
    });
    return { ...image, png: png() };
  }

  /** A load that failed is forgotten, so that the next request tries anew. */
  function readyModel({ model: url, runtime: name }: DrawRequest): Promise<Model> {
    const key = `${name} ${url}`;
    const known = models.get(key);
    if (known) return known;
    const model = load(url, name);
    models.set(key, model);
    model.catch(() => models.delete(key));
    return model;
  }

  async function load(url: string, name: string): Promise<Model> {
    if (!Object.hasOwn(runtimes, name)) {
      throw new RequestError(`Expected one of ${Object.keys(runtimes).join(", ")} for \`runtime\` but received ${name}`);
    }
    return loadModel(url, { runtime: await runtimes[name]() });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
