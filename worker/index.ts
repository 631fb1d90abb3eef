/** The Worker: which part answers which path. */
import { Hono } from "hono";
import { cors } from "hono/cors";
import { methodNotAllowed } from "hono/method-not-allowed";
import type { Env } from "./env.ts";
import { onError, onMethodNotAllowed, onNotFound } from "./errors.ts";
import { embed } from "./routes/embed.ts";
import { models } from "./routes/models.ts";
import { sample } from "./routes/sample.ts";
import { site } from "./routes/site.ts";

const app = new Hono<Env>();
app.use(cors({ origin: "*", allowMethods: ["GET", "HEAD"], exposeHeaders: ["X-Seed", "X-NFE", "X-Model"], maxAge: 86400 }));
app.use(methodNotAllowed({ app, onMethodNotAllowed }));
app.route("/", sample).route("/", models).route("/", site).route("/", embed);
app.notFound(onNotFound);
app.onError(onError);

export default app;
