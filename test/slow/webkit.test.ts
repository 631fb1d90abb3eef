/** The site in WebKit, the engine of every browser on iPhones. */
import { afterAll, beforeAll } from "vitest";
import { prepareWebKit } from "../setup/machine.ts";
import { siteChecks } from "../support/site-checks.ts";
import { launchWebKit, type WebKit } from "../support/webkit.ts";

let webkit: WebKit;

beforeAll(async () => {
  prepareWebKit();
  webkit = await launchWebKit();
});

afterAll(() => webkit?.close());

siteChecks(() => webkit);
