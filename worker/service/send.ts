/**
 * How answers are sent: how long they may be cached, JSON with its tag, and files, of which what is long counts as in flight until it
 * has been read. Then the site's static files: which headers each gets, and where they are. Cloudflare reads the headers from
 * dist/site/_headers and serves the files without waking the Worker; in Node, and where the service is mounted under a path, the
 * application does.
 */
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import { admit, type RequestContext } from "./context.ts";
import { logError } from "./problems.ts";
import { costUnread, type Ticket } from "./queue.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

export type HeaderValues = Readonly<Record<string, string>> & { readonly ETag?: string };

/** For repeatable answers: they are revalidated by their ETag, since a new release may give other bytes. */
export const CACHEABLE = "public, max-age=0, must-revalidate";

/** For the answer at an address with a version, which never changes. One year, the longest that caches honour. */
export const IMMUTABLE = "public, max-age=31536000, immutable";

/** For answers that cannot be repeated, such as those with a random seed. */
export const UNREPEATABLE = "no-store";

/** The tag of what is made of this alone. */
export const entityTag = (content: string | Uint8Array): string =>
  `"${sha256Hex(typeof content === "string" ? new TextEncoder().encode(content) : content).slice(0, 32)}"`;

/** The answer to a client that has what has this ETag (RFC 9110, section 13.1.2); undefined if it has not. */
export function answerNotModified({ c }: RequestContext, headers: HeaderValues): Response | undefined {
  const { ETag } = headers;
  const tags = ETag === undefined ? [] : (c.req.header("If-None-Match")?.split(",") ?? []);
  const isKnown = tags.some((tag) => ["*", ETag].includes(tag.trim().replace(/^W\//, "")));
  return isKnown ? new Response(null, { status: 304, headers }) : undefined;
}

export function answerJson(context: RequestContext, value: unknown): Response {
  const body = new TextEncoder().encode(JSON.stringify(value));
  const headers = { "Content-Type": "application/json", "Cache-Control": CACHEABLE, ETag: entityTag(body) };
  return answerNotModified(context, headers) ?? new Response(body, { headers: { ...headers, "Content-Length": String(body.length) } });
}

/** A file of up to this many bytes is sent at once. Of a longer one, as many are sent when those before have been read. */
const PIECE = 65_536;

/** Milliseconds that a piece may wait to be read. After that the answer is cut off. */
export const UNREAD = 30_000;

/** What is long counts in flight by `ticket`, if the request has one already. Throws a `ProblemError` if its client has too much in flight. */
export function send(context: RequestContext, file: Bytes, headers: HeaderValues, ticket?: Ticket): Response {
  if (file.length <= PIECE) {
    ticket?.end();
    return new Response(file, { headers });
  }
  const cost = costUnread(file.length);
  ticket?.hold(cost);
  return sendPieces({ ...headers, "Content-Length": String(file.length) }, piecesOf(file), ticket ?? admit(context, cost));
}

/**
 * The same for a file of the length that its headers tell, which is read while it is sent, so that a piece of it is in memory, and not
 * at all for HEAD. Undefined if there is none.
 */
export async function sendFrom(
  context: RequestContext,
  headers: HeaderValues & { readonly "Content-Length": string },
  open: () => Promise<AsyncIterable<Uint8Array> | undefined>,
): Promise<Response | undefined> {
  if (context.c.req.method === "HEAD") return new Response(null, { headers });
  const ticket = Number(headers["Content-Length"]) > PIECE ? admit(context, costUnread(PIECE)) : undefined;
  let pieces: AsyncIterable<Uint8Array> | undefined;
  try {
    pieces = await open();
  } finally {
    if (!pieces) ticket?.end();
  }
  return pieces && sendPieces(headers, pieces, ticket);
}

/** Each piece is a copy, so one that is kept does not keep the file. */
export async function* piecesOf(file: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += PIECE) yield file.slice(at, at + PIECE);
}

/** `ticket`: ends when the answer has been read, or was not read for UNREAD, or could not be. */
function sendPieces(headers: HeaderValues, content: AsyncIterable<Uint8Array>, ticket?: Ticket): Response {
  const pieces = content[Symbol.asyncIterator]();
  let timer: ReturnType<typeof setTimeout>;
  const end = (): void => {
    clearTimeout(timer);
    ticket?.end();
  };
  /** Never throws. */
  const leave = async (): Promise<void> => {
    end();
    await (async () => pieces.return?.())().catch(logError);
  };
  const waitForReader = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    clearTimeout(timer);
    ticket?.touch();
    timer = setTimeout(() => {
      leave();
      controller.error(new Error("Expected the file to be read but it was not"));
    }, UNREAD);
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      start: waitForReader,
      async pull(controller) {
        try {
          const { value, done } = await pieces.next();
          if (done) controller.close();
          else controller.enqueue(value);
          if (done) end();
          else waitForReader(controller);
        } catch (error) {
          end();
          throw error;
        }
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
  // Workers send the header Content-Length only for a stream that knows its length.
  const isWorker = typeof FixedLengthStream !== "undefined";
  return new Response(isWorker ? stream.pipeThrough(new FixedLengthStream(Number(headers["Content-Length"]))) : stream, { headers });
}

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

/** Of all answers and files: any page may show and read them. */
export const COMMON_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "cross-origin", // pages with a Cross-Origin-Embedder-Policy show our images, too
  "Access-Control-Allow-Origin": "*",
};

/** Rules of the form of `_headers`: a path, or the beginning of paths, and headers. A later rule's header replaces an earlier one's. */
export const STATIC_RULES: readonly (readonly [path: string, headers: HeaderValues])[] = [
  ["/*", { "Cache-Control": CACHEABLE, "Content-Security-Policy": POLICY, ...COMMON_HEADERS }],
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
  const path = name === "" ? `${asIs}index.html` : asIs;
  const file = files[path];
  if (!file) return undefined;

  const headers = { ...staticHeaders(path), ETag: `"${file.hash}"` };
  const length = { "Content-Length": String(file.length) };
  return answerNotModified(context, headers) ?? sendFrom(context, { ...headers, ...length }, () => site.read(path));
}
