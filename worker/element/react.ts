/**
 * `anneal/react`: `<Picture>`, the widget, for React 18 and 19. Inside are its children; without any, with `src`, the service's
 * image, which is there without scripts; without both, an empty place of the same size, so that nothing moves. In a browser
 * the element is defined after hydration, so React finds what the server rendered.
 */
import { createElement, forwardRef, type HTMLAttributes, useEffect, useImperativeHandle, useLayoutEffect, useRef } from "react";
import { altOf, isFile, optionsIn } from "./attributes.ts";
import type { AnnealSampleAttributes, AnnealSampleElement, ErrorDetail, LoadDetail, ProgressDetail } from "./embed.d.ts";

export type { AnnealSampleElement, ErrorDetail, LoadDetail, ProgressDetail } from "./embed.d.ts";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "anneal-sample": import("react").DetailedHTMLProps<import("react").HTMLAttributes<AnnealSampleElement>, AnnealSampleElement> &
        AnnealSampleAttributes;
    }
  }
}

type Shared = Omit<HTMLAttributes<AnnealSampleElement>, keyof AnnealSampleAttributes | "onLoad" | "onError" | "onProgress">;

/** The attributes of `<anneal-sample>`, those of every element, and its events as functions. `children` show until, and unless, there is an image. */
export interface PictureProps extends Shared, AnnealSampleAttributes {
  /** Server and browser need a seed, so that they show the same image. */
  readonly seed: string | number;
  /** The service that has the models: any address on it. Without it the package's model draws, or the file in `model`. */
  readonly src?: string | undefined;
  /** Called when the image is shown, with the detail of the element's event `load` (not with an event). */
  readonly onLoad?: ((detail: LoadDetail) => void) | undefined;
  /** Called when no image could be drawn, with the detail of the element's event `error`. */
  readonly onError?: ((detail: ErrorDetail) => void) | undefined;
  /** Called with each detail of the element's event `progress`: bytes that have arrived, then network evaluations. */
  readonly onProgress?: ((detail: ProgressDetail) => void) | undefined;
}

/** The element's width in pixels if `size` is not given. */
const WIDTH = 112;

/** Before the element begins, which is after the turn in which it comes into the page. On a server React 18 warns of layout effects. */
const useEffectBefore = typeof document === "undefined" ? useEffect : useLayoutEffect;

/** An image that is drawn on the visitor's device; until then, and where that cannot draw, what is inside. */
export const Picture = forwardRef<AnnealSampleElement, PictureProps>(
  ({ onLoad, onError, onProgress, children, className, animated, ...attributes }, ref) => {
    const element = useRef<AnnealSampleElement>(null);
    useImperativeHandle(ref, () => element.current as AnnealSampleElement, []);
    useEffectBefore(() => {
      const gone = new AbortController();
      const hear = <T>(type: string, tell: ((detail: T) => void) | undefined) =>
        element.current?.addEventListener(type, (event) => tell?.((event as CustomEvent<T>).detail), gone);
      hear("load", onLoad);
      hear("error", onError);
      hear("progress", onProgress);
      return () => gone.abort();
    });
    useEffect(() => {
      // anneal/element
      import("./package.ts").catch((error: Error) => {
        console.error("<Picture>:", error);
        element.current?.dispatchEvent(new CustomEvent<ErrorDetail>("error", { detail: { error } }));
      });
    }, []);
    const { src, model, loading, size = WIDTH } = attributes;
    const isServed = src && URL.canParse(src, PAGE) && !(model !== undefined && isFile(String(model)));
    const inside =
      children ??
      (isServed
        ? createElement("img", { src: imageUrl({ ...attributes, src }), alt: altOf({ ...attributes }), loading, width: size, height: size })
        : createElement("svg", { width: size, height: size, "aria-hidden": true }));
    // React 18 would write `classname` and `animated="false"`.
    return createElement("anneal-sample", { ...attributes, class: className, animated: animated ? "" : undefined, ref: element }, inside);
  },
);

/** In place of the page's address, which a server does not know. */
const PAGE = "http://page.invalid";

/** The address of the service's image. As relative as `src` is. */
function imageUrl({ src, model, ...attributes }: PictureProps & { readonly src: string }): string {
  const [, origin = "", path = ""] = /^((?:[a-z][a-z\d+.-]*:)?\/\/[^/?#]*)?([^?#]*)/i.exec(src) ?? [];
  const folder = path.replace(/(?<=^|\/)\.{1,2}$/, "$&/"); // as the browser reads "." and ".."
  const server = origin + (folder.endsWith("/") ? folder : "/");
  return `${server}sample?${new URLSearchParams({ ...optionsIn(attributes), seed: String(attributes.seed), ...(model && { model: String(model) }) })}`;
}
