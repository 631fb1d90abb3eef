/** The site's files. Their length and tag are known from the build, so a file is read only to be sent. */
import type { Context } from "hono";
import { sendFrom } from "../admission/send.ts";
import type { Work } from "../admission/work.ts";
import { has } from "../http/caching.ts";
import type { Env } from "../http/env.ts";
import { staticHeaders } from "../http/static-files.ts";

/**
 * The answer for a file of the site; a folder's is its index.html, and a folder without a slash at its end leads to that.
 * Undefined if there is none. Throws a `ProblemError` if the file is long and its client has too much in flight.
 */
export async function siteFile(c: Context<Env>, work: Work): Promise<Response | undefined> {
  const { site } = c.env;
  if (!site) return undefined;
  const files = await site.files();
  const { pathname, search } = new URL(c.req.url);
  const name = pathname.split("/").at(-1) ?? "";
  if (name !== "" && !name.includes(".")) return files[`${pathname}/index.html`] && c.redirect(`${name}/${search}`, 308);
  const path = name === "" ? `${pathname}index.html` : pathname;
  const file = files[path];
  if (!file) return undefined;

  const copy = site.hasCopies ? file.gzip : undefined;
  const isCopy = copy !== undefined && takesGzip(c.req.header("Accept-Encoding"));
  const length = isCopy ? copy : file.length;
  const tag = `"${file.hash}${isCopy ? "-gzip" : ""}"`;
  const headers: Record<string, string> = { ...staticHeaders(path), ETag: tag, ...(copy !== undefined && { Vary: "Accept-Encoding" }) };
  for (const [key, value] of Object.entries(headers)) c.header(key, value);
  if (has(c.req.header("If-None-Match"), tag)) return c.body(null, 304);
  c.header("Content-Length", String(length));
  if (isCopy) c.header("Content-Encoding", "gzip");
  if (c.req.method === "HEAD") return c.body(null);
  return sendFrom(c, work, length, () => site.read(path, isCopy));
}

/** Whether an `Accept-Encoding` header names gzip, and does not exclude it. */
const takesGzip = (accepted = ""): boolean =>
  accepted.split(",").some((one) => {
    const [name, quality = ""] = one.split(";");
    return name.trim().toLowerCase() === "gzip" && !/^ *q=0(?:\.0*)? *$/.test(quality);
  });
