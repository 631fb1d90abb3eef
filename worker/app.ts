/** The Worker's application: which part answers which path, with models that some runtime has made ready. */
import { type Context, Hono, type Next } from "hono";
import { cors } from "hono/cors";
import { methodNotAllowed } from "hono/method-not-allowed";
import type { Env } from "./env.ts";
import { onError, onMethodNotAllowed, onNotFound } from "./errors.ts";
import { embed } from "./routes/embed.ts";
import { models } from "./routes/models.ts";
import { sample } from "./routes/sample.ts";
import { site } from "./routes/site.ts";
import type { ReadyModels } from "./sampler.ts";

export function createApp(ready: ReadyModels): Hono<Env> {
  const app = new Hono<Env>();
  app.use(cors({ origin: "*", allowMethods: ["GET", "HEAD"], exposeHeaders: ["X-Seed", "X-NFE", "X-Model"], maxAge: 86400 }));
  app.use(embeddable);
  app.use(methodNotAllowed({ app, onMethodNotAllowed }));
  app.route("/", sample(ready)).route("/", models).route("/", site).route("/", embed);
  app.notFound(onNotFound);
  app.onError(onError);
  return app;
}

/** Pages that isolate themselves (Cross-Origin-Embedder-Policy) show only what says that it may be shown elsewhere. */
async function embeddable(c: Context, next: Next): Promise<void> {
  await next();
  c.header("Cross-Origin-Resource-Policy", "cross-origin");
}
