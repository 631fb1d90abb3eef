/**
 * The site's static files: which headers each gets, and where they are. Cloudflare reads the headers from dist/site/_headers
 * and serves the files without waking the Worker; in Node, and where the service is mounted under a path, the application does.
 */
import { accepts } from "hono/accepts";
import type { RequestContext } from "./context.ts";
import { answerNotModified, CACHEABLE, type HeaderValues, IMMUTABLE, sendFrom } from "./send.ts";

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

/** Rules of the form of `_headers`: a path, or the beginning of paths, and headers. A later rule's header replaces an earlier one's. */
export const STATIC_RULES: readonly (readonly [path: string, headers: HeaderValues])[] = [
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

/** Pages of earlier versions, and where their visitors are led, relative to them. */
export const MOVED: Readonly<Record<string, string>> = { "/build/": "../create/" };

/** The content of `_redirects`, by which Cloudflare leads there. */
export const redirectsFile = (): string =>
  Object.entries(MOVED)
    .map(([from, to]) => `${from} ${new URL(to, `https://site${from}`).pathname} 308\n`)
    .join("");

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
export function staticHeaders(path: string): HeaderValues | undefined {
  const type = TYPES[path.split(".").at(-1) ?? ""];
  if (!path.includes(".") || type === undefined) return undefined;
  const rules = STATIC_RULES.filter(([pattern]) => isUnder(pattern, path)).map(([, headers]) => headers);
  return Object.assign({ "Content-Type": type }, ...rules);
}

const isUnder = (pattern: string, path: string): boolean =>
  pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern;

/** The content of `_headers`. */
export const headersFile = (): string =>
  STATIC_RULES.map(([path, headers], i) => {
    const lines = Object.entries(headers).map(([name, value]) => `${i > 0 ? `  ! ${name}\n` : ""}  ${name}: ${value}\n`);
    return `${path}\n${lines.join("")}`;
  }).join("");

/**
 * The answer for a file of the site; a folder's is its index.html, and a folder without a slash at its end leads to that. Length and
 * tag are known from the build. Undefined if there is none. Throws a `ProblemError` if the file is long and its client has too much
 * in flight.
 */
export async function answerSiteFile(context: RequestContext): Promise<Response | undefined> {
  const { c, site, path: asIs } = context;
  if (!site) return undefined;
  const files = await site.files();
  const name = asIs.split("/").at(-1) ?? "";
  if (name !== "" && !name.includes(".")) {
    const Location = `${name}/${new URL(c.req.url).search}`;
    return files[`${asIs}/index.html`] && new Response(null, { status: 308, headers: { Location } });
  }
  const Location = MOVED[asIs];
  if (Location) return new Response(null, { status: 308, headers: { Location } });
  const path = name === "" ? `${asIs}index.html` : asIs;
  const file = files[path];
  if (!file) return undefined;

  const copy = site.hasCopies ? file.gzip : undefined;
  const isCopy =
    copy !== undefined && accepts(c, { header: "Accept-Encoding", supports: ["gzip", "identity"], default: "identity" }) === "gzip";
  const tag = `"${file.hash}${isCopy ? "-gzip" : ""}"`;
  const headers = { ...staticHeaders(path), ETag: tag, ...(copy !== undefined && { Vary: "Accept-Encoding" }) };
  const length = { "Content-Length": String(isCopy ? copy : file.length), ...(isCopy && { "Content-Encoding": "gzip" }) };
  return answerNotModified(context, headers) ?? sendFrom(context, { ...headers, ...length }, () => site.read(path, isCopy));
}
