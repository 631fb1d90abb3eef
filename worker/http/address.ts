/** The address and the headers of a request, bounded before anything reads them. */
import type { MiddlewareHandler } from "hono";
import { show } from "../../wasm-model/request/option-error.ts";
import { ProblemError } from "./problems.ts";

/** In characters. The longest seeds and class, percent-encoded, take less. */
export const MAX_ADDRESS = 8192;

/** In characters. What a header lists is read in one pass, which then costs less than an image. */
export const MAX_HEADER = 8192;

/** Refuses an address or a header that is too long, and an invalid `Host` header. */
export const checkedAddress: MiddlewareHandler = (c, next) => {
  const { url } = c.req;
  if (url.length > MAX_ADDRESS) {
    const [expected, received] = [`an address of at most ${MAX_ADDRESS} characters`, `one of ${url.length}`];
    throw new ProblemError({ status: 414, code: "too-long", key: "path", expected, received });
  }
  for (const [key, { length }] of c.req.raw.headers) {
    if (length <= MAX_HEADER) continue;
    const [expected, received] = [`a header of at most ${MAX_HEADER} characters`, `one of ${length}`];
    throw new ProblemError({ status: 431, code: "too-long", key, expected, received });
  }
  if (!URL.canParse(url)) {
    const expected = "a host name, perhaps with a port,";
    throw new ProblemError({ status: 400, code: "invalid-value", key: "Host", expected, received: show(c.req.header("Host")) });
  }
  return next();
};
