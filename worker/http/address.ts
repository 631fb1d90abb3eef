/** The address of a request, checked before anything reads it. */
import type { MiddlewareHandler } from "hono";
import { show } from "../../wasm-model/request/option-error.ts";
import { ProblemError } from "./problems.ts";

/** In characters. The longest seeds and class, percent-encoded, take less. */
export const MAX_ADDRESS = 8192;

/** Refuses an address that is too long or has an invalid `Host` header. */
export const checkedAddress: MiddlewareHandler = (c, next) => {
  const { url } = c.req;
  if (url.length > MAX_ADDRESS) {
    const [expected, received] = [`an address of at most ${MAX_ADDRESS} characters`, `one of ${url.length}`];
    throw new ProblemError({ status: 414, code: "too-long", key: "path", expected, received });
  }
  if (!URL.canParse(url)) {
    const expected = "a host name, perhaps with a port,";
    throw new ProblemError({ status: 400, code: "invalid-value", key: "Host", expected, received: show(c.req.header("Host")) });
  }
  return next();
};
