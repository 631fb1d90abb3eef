/** What pages of other origins may do: read the answers to GET and, if the server allows their origin, upload. */
import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { show } from "../../wasm-model/request/option-error.ts";
import type { Env } from "../env.ts";
import { ProblemError } from "./problems.ts";

const EXPOSED = ["X-Seed", "X-NFE", "X-Cost", "X-Model", "X-Drawn-By", "Content-Location", "ETag", "Retry-After", "Server-Timing"];
const EXPOSED_TEXT = EXPOSED.join(",");

/** Seconds that browsers may keep the answer to a preflight request. */
const MAX_AGE = 86_400;

const ANY = "*";

const preflight = cors({ origin: ANY, allowMethods: ["GET", "HEAD"], exposeHeaders: EXPOSED, maxAge: MAX_AGE });

/** What Hono's middleware does for GET. That sets the headers before there is an answer, which is then made three times. */
const reading: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  c.res.headers.set("Access-Control-Allow-Origin", ANY);
  c.res.headers.set("Access-Control-Expose-Headers", EXPOSED_TEXT);
};

/** The variable UPLOAD_ORIGINS, with commas between its origins. By default any origin, but none where uploads need a token. */
const uploadOrigins = ({ UPLOAD_ORIGINS, API_TOKEN }: Env["Bindings"]): readonly string[] =>
  (UPLOAD_ORIGINS ?? (API_TOKEN ? "" : ANY)).split(",").map((origin) => origin.trim());

/** CORS, preflight requests included. An upload from an origin that may not is refused before its body is read: not all of them are preceded by a preflight request. */
export const crossOrigin: MiddlewareHandler<Env> = async (c, next) => {
  const { method } = c.req;
  const isUpload = (method === "OPTIONS" ? c.req.header("Access-Control-Request-Method") : method) === "POST";
  if (!isUpload) return method === "GET" || method === "HEAD" ? reading(c, next) : method === "OPTIONS" ? preflight(c, next) : next();
  const origins = uploadOrigins(c.env);
  const isAny = origins.includes(ANY);
  const origin = c.req.header("Origin"); // programs send none
  if (method === "POST" && origin && !isAny && ![new URL(c.req.url).origin, ...origins].includes(origin)) {
    const expected = "an origin whose pages may upload to this server";
    throw new ProblemError({ status: 403, code: "forbidden-origin", key: "Origin", expected, received: show(origin) });
  }
  const uploading = cors({
    origin: isAny ? ANY : [...origins],
    allowMethods: ["POST"],
    allowHeaders: ["Authorization", "Content-Type"],
    exposeHeaders: EXPOSED,
    maxAge: MAX_AGE,
  });
  return uploading(c, next);
};
