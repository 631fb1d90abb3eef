/**
 * The site's static files: which headers each gets, and where they are. Cloudflare reads the headers from dist/site/_headers
 * and serves the files without waking the Worker; in Node, and where the service is mounted under a path, the application does.
 */
import { CACHEABLE, IMMUTABLE } from "./caching.ts";

/** What a page may do: load, run and ask for nothing but the server's own files. */
const POLICY = Object.entries({
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'", // the widget compiles its engine
  "worker-src": "'self' blob:",
  "style-src": "'self'",
  "img-src": "'self' data: blob:",
  "connect-src": "'self' blob:", // the model of the visitor's pictures
  "form-action": "'none'",
  "base-uri": "'none'",
  "frame-ancestors": "'none'",
  "trusted-types": "anneal 'allow-duplicates'", // the widget has one of its own
  "require-trusted-types-for": "'script'",
})
  .map(([name, sources]) => `${name} ${sources}`)
  .join("; ");

type Headers = Readonly<Record<string, string>>;

/** Rules of the form of `_headers`: a path, or the beginning of paths, and headers. A later rule's header replaces an earlier one's. */
export const STATIC_RULES: readonly (readonly [path: string, headers: Headers])[] = [
  [
    "/*",
    {
      "Cache-Control": CACHEABLE,
      "Content-Security-Policy": POLICY,
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Resource-Policy": "cross-origin",
      "Access-Control-Allow-Origin": "*",
    },
  ],
  ["/assets/*", { "Cache-Control": IMMUTABLE }], // their names have a hash of their content
  ["/embed.js", { "Cache-Control": "public, max-age=300, stale-while-revalidate=86100" }], // for a day a page that reloads while the server is away still has it
  ["/embed.d.ts", { "Content-Type": "text/plain; charset=utf-8" }], // not a video
];

/** Media types, for hosts that set none. A file without one is not served: the path may be a folder's. */
const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
  wasm: "application/wasm",
  onnx: "application/octet-stream",
  avif: "image/avif",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
  ts: "text/plain; charset=utf-8",
};

/** The headers of the file at this path; undefined if the site has no such files. */
export function staticHeaders(path: string): Headers | undefined {
  const type = TYPES[path.split(".").at(-1) ?? ""];
  if (!path.includes(".") || type === undefined) return undefined;
  const rules = STATIC_RULES.filter(([pattern]) => matches(pattern, path)).map(([, headers]) => headers);
  return Object.assign({ "Content-Type": type }, ...rules);
}

const matches = (pattern: string, path: string): boolean =>
  pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern;

/** The content of `_headers`. */
export const headersFile = (): string =>
  STATIC_RULES.map(([path, headers], i) => {
    const lines = Object.entries(headers).map(([name, value]) => `${i > 0 ? `  ! ${name}\n` : ""}  ${name}: ${value}\n`);
    return `${path}\n${lines.join("")}`;
  }).join("");

/** What the build knows of a file of the site. */
export interface SiteFile {
  /** In bytes. */
  readonly length: number;
  /** Of its content, hexadecimal. */
  readonly hash: string;
  /** The length of its copy in gzip, where that is at least a tenth shorter. */
  readonly gzip?: number;
}

/** By path, with a slash at its beginning. */
export type SiteFiles = Readonly<Record<string, SiteFile>>;

/** Where a host has the site's files. */
export interface Site {
  files(): SiteFiles | Promise<SiteFiles>;
  /** The content of a file, or its copy in gzip, in pieces; undefined if it is not there. */
  read(path: string, isCopy: boolean): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Whether the host has the copies, too. */
  readonly hasCopies: boolean;
}
