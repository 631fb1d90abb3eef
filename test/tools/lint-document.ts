/** Part of `npm run lint`: checks the OpenAPI document with the recommended rules of redocly. A warning counts as an error. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { simd } from "../../wasm-model/engine/simd.ts";
import { SHIPPED } from "../../worker/node/build.ts";
import { readModels } from "../../worker/node/folders.ts";
import { annealOn } from "../../worker/service/service.ts";
import { scratchFolder } from "../support/scratch.ts";
import { runTool } from "./install.ts";

const folder = scratchFolder("lint");
const models = (await readModels(SHIPPED)).map(({ file }) => file);
const document = await annealOn({ runtime: simd })({ models }).request("/openapi.json");
writeFileSync(join(folder, "openapi.json"), await document.text());
const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
const args = ["lint", "openapi.json", "--extends", "recommended-strict", "--format", "stylish"];
process.exitCode = runTool("@redocly/cli/bin/cli.js", args, { cwd: folder, env });
