/**
 * `anneal/react`: `<Picture>`, the widget with the server's image inside. A server renders it like any component: the
 * image is there without scripts. In a browser the element is defined after hydration, so React finds what the server
 * rendered.
 */
import { createElement, type HTMLAttributes, type ReactElement, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import type { AnnealSampleAttributes, AnnealSampleElement, ErrorDetail, LoadDetail, ProgressDetail } from "./embed.d.ts";
import { queryOf } from "./option-attributes.ts";

export type { AnnealSampleElement, ErrorDetail, LoadDetail, ProgressDetail } from "./embed.d.ts";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "anneal-sample": import("react").DetailedHTMLProps<import("react").HTMLAttributes<AnnealSampleElement>, AnnealSampleElement> &
        AnnealSampleAttributes;
    }
  }
}

type Shared = Omit<HTMLAttributes<AnnealSampleElement>, keyof AnnealSampleAttributes | "children" | "onLoad" | "onError" | "onProgress">;

/** The attributes of `<anneal-sample>`, those of every element, and its events as functions. */
export interface PictureProps extends Shared, AnnealSampleAttributes {
  /** Server and browser need a seed, so that they show the same image. */
  readonly seed: string | number;
  /** The server that has the models: any address on it. By default that of the page. */
  readonly src?: string | undefined;
  readonly ref?: Ref<AnnealSampleElement> | undefined;
  /** The image is shown. */
  readonly onLoad?: ((detail: LoadDetail) => void) | undefined;
  /** No image could be drawn. */
  readonly onError?: ((detail: ErrorDetail) => void) | undefined;
  readonly onProgress?: ((detail: ProgressDetail) => void) | undefined;
}

/** The element's width in pixels if `size` is not given. */
const WIDTH = 112;

/** An image that is drawn on the visitor's device; until then, and without scripts, the server's. */
export function Picture({ ref, onLoad, onError, onProgress, ...attributes }: PictureProps): ReactElement {
  const element = useRef<AnnealSampleElement>(null);
  useImperativeHandle(ref, () => element.current as AnnealSampleElement, []);
  useEffect(() => {
    const gone = new AbortController();
    const hear = <T>(type: string, listener: ((detail: T) => void) | undefined) =>
      element.current?.addEventListener(type, (event) => listener?.((event as CustomEvent<T>).detail), gone);
    hear("load", onLoad);
    hear("error", onError);
    hear("progress", onProgress);
    return () => gone.abort();
  }, [onLoad, onError, onProgress]);
  useEffect(() => {
    import("./package.ts"); // anneal/element
  }, []);
  const { alt = "", loading, size = WIDTH } = attributes;
  const image = createElement("img", { src: imageUrl(attributes), alt: String(alt), loading, width: size });
  return createElement("anneal-sample", { ...attributes, ref: element }, image);
}

/** The address of the server's image. Relative if `src` is, since a server does not know the page's address. */
function imageUrl({ src = "/", ...attributes }: AnnealSampleAttributes & { readonly src?: string | undefined }): string {
  const page = "http://page.invalid";
  const { origin, pathname } = new URL(src, page);
  const server = (origin === page ? "" : origin) + (pathname.endsWith("/") ? pathname : "/");
  return `${server}sample?${queryOf(attributes)}`;
}
