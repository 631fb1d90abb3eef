/**
 * The site's static files: which headers each gets. Cloudflare reads them from dist/site/_headers and serves the files
 * without waking the Worker; in Node, and where the service is mounted under a path, the application does.
 */
import type { Context } from "hono";
import { CACHEABLE, has, IMMUTABLE } from "./caching.ts";
import type { Env } from "./env.ts";

/** What a page may do: load, run and ask for nothing but the server's own files. */
const POLICY = Object.entries({
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'", // the widget compiles its engine
  "worker-src": "'self' blob:",
  "style-src": "'self'",
  "font-src": "'self'",
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
  woff2: "font/woff2",
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

/**
 * The answer for a file of the site; a folder's is its index.html, and a folder without a slash at its end leads to
 * that. Undefined if there is none. Hosts differ: workerd alone sets no media types, lists folders and sends ranges;
 * Node's file system sets neither types nor ETags. So they are asked for whole files, for HEAD too.
 */
export async function staticFile(c: Context<Env>): Promise<Response | undefined> {
  const { pathname, search } = new URL(c.req.url);
  const name = pathname.split("/").at(-1) ?? "";
  if (name !== "" && !name.includes(".")) {
    const folder = await fileAt(c.env, `${pathname}/index.html`);
    return folder && c.redirect(`${name}/${search}`, 308);
  }
  const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
  const headers = staticHeaders(path);
  const file = headers && (await fileAt(c.env, path));
  if (!file) return undefined;
  const body = await file.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  const tag = `"${Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
  const sent = { ...headers, ETag: tag };
  return has(c.req.header("If-None-Match"), tag) ? c.body(null, 304, sent) : c.body(body, 200, sent);
}

/** On Cloudflare a folder's file is at the folder. */
async function fileAt({ ASSETS }: Env["Bindings"], path: string): Promise<Response | undefined> {
  const ask = (asked: string): Promise<Response> => ASSETS.fetch(new Request(`https://assets${asked}`, { redirect: "manual" }));
  const found = await ask(path);
  const file = found.status >= 300 && found.status < 400 ? await ask(path.replace(/index\.html$/, "")) : found;
  return file.ok ? file : undefined;
}
