/** From the element's attributes to what it asks of the device and, should that fail, of the edge. */
import { optionsOf } from "../../wasm-model/request/options.ts";
import { type DrawRequest, RequestError } from "./protocol.ts";

/**
 * The options of GET /sample that decide the image, and: `model`, a name; `runtime`, what runs the network on this device, `simd` (our own engine) or
 * `onnxruntime`; `src`, an address on the server whose model and images are used.
 */
export const ATTRIBUTES = [...optionsOf("sample").filter((name) => name !== "frames"), "model", "runtime", "src"] as const;

/** Attributes as they stand in the page; an empty one is one that is not given, as templates write it. */
export type Attributes = Partial<Record<(typeof ATTRIBUTES)[number], string>>;

export interface ElementRequest {
  readonly device: DrawRequest;
  /** The same image at the edge. */
  readonly edgeUrl: string;
}

/** `seed` and `src` must be there: the element has defaults for them. Throws `RequestError` when `src` is no URL. */
export function requestOf({ runtime = "simd", src, ...query }: Attributes & Record<"seed" | "src", string>): ElementRequest {
  if (!URL.canParse(src, document.baseURI)) throw new RequestError(`Expected a URL for \`src\` but received ${src}`);
  const server = new URL(src, document.baseURI);
  const edge = new URL("/sample", server);
  for (const [name, value] of Object.entries(query)) edge.searchParams.set(name, value);
  const { model, ...options } = query;
  const path = model === undefined ? "/model.onnx" : `/models/${encodeURIComponent(model)}/model.onnx`;
  return {
    device: { model: new URL(path, server).href, runtime, options },
    edgeUrl: edge.href,
  };
}

export function attributesOf(element: Element): Attributes {
  return Object.fromEntries(ATTRIBUTES.map((name) => [name, element.getAttribute(name)]).filter(([, value]) => value));
}
