/**
 * The thread's side: draws what the page asks for, one image after the other. It owns neither its port nor its runtimes, so that tests give it others.
 */
import { OptionError, sample } from "../../wasm-model/index.ts";
import { nativeLook, noisyPicture } from "../../wasm-model/render/picture.ts";
import { nextTurn } from "../../wasm-model/render/turn.ts";
import { resolveFor } from "../../wasm-model/request/drawer.ts";
import { Models, type Runtimes } from "./models.ts";
import { type DrawnImage, type DrawRequest, type FromThread, RequestError, type ToThread } from "./protocol.ts";
import { inAttributes } from "./table.ts";

/** A `MessagePort`, or a Web Worker's global scope. */
export interface Port {
  onmessage: ((event: MessageEvent<ToThread>) => void) | null;
  postMessage(message: FromThread): void;
}

/** The most pictures of a drawing that the page gets before the image. */
const PREVIEWS = 16;

/** Answers the page's requests in the order in which they come, for as long as the port lives. */
export function serve(port: Port, runtimes: Runtimes): void {
  const models = new Models(runtimes, (named, progress) => port.postMessage({ type: "download", ...named, progress }));
  const aborts = new Map<number, AbortController>();
  let queue = Promise.resolve();

  port.onmessage = ({ data }) => {
    if (data.type === "abort") return aborts.get(data.id)?.abort();
    const abort = new AbortController();
    aborts.set(data.id, abort);
    queue = queue.then(() => answer(data.id, data.request, abort.signal));
  };
  port.postMessage({ type: "ready" });

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
    const model = await models.get(request);
    const look = nativeLook(resolveFor("sample", request.options, model).settings, model.card);
    let previews = 0;
    const { png, ...image } = await sample(model, {
      ...request.options,
      signal,
      onStep: (progress) => {
        const { evaluations: done, nfe: total } = progress;
        const isShown = request.animate && Math.ceil((PREVIEWS * done) / total) > previews;
        if (isShown) previews++;
        const preview = isShown ? { preview: noisyPicture(progress, look, model.card) } : {};
        port.postMessage({ type: "step", id, step: { stage: "draw", done, total, ...preview } });
        return nextTurn();
      },
    });
    return { ...image, png: png() };
  }
}

/** The server's own sentence; an option has the name of its attribute. */
function messageOf(error: unknown): string {
  if (error instanceof OptionError) return inAttributes(error.message, error.option);
  return error instanceof Error ? error.message : String(error);
}
