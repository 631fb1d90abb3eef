/** The service in Node, for `npm run bench -- load`: prints its port. It believes `CF-Connecting-IP`, so that one machine can be several clients. */
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { SHIPPED } from "../../worker/node/build.ts";
import { anneal } from "../../worker/node/hono.ts";

const model = readFileSync(join(SHIPPED[0], "model.onnx"));
const { fetch } = anneal({ models: [model], client: (c) => c.req.header("CF-Connecting-IP") ?? "" });
const server = serve({ fetch, hostname: "127.0.0.1", port: 0 }, () => console.log((server.address() as AddressInfo).port));
