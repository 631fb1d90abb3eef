/** The frame of each page: what other sites show of a link to it. */
import { afterEach, expect, it, vi } from "vitest";
import { BundledPackages } from "../../wasm-model/build/licences.ts";
import { buildPages } from "../../worker/node/pages.ts";

afterEach(() => void vi.unstubAllEnvs());

it.each([
  ["with the site's address where the build knows it", "https://anneal.example/images", ["https://anneal.example/images/cover.png"]],
  ["relative to the page elsewhere", undefined, ["./cover.png", "../cover.png"]],
])("the address of the cover is right at every path: %s", async (_, siteUrl, expected) => {
  vi.stubEnv("SITE_URL", siteUrl);
  const files = new Map(await buildPages(new BundledPackages()));
  const covers = ["index.html", "create/index.html"].map(
    (path) => /og:image" content="([^"]*)"/.exec(new TextDecoder().decode(files.get(path)))?.[1],
  );
  expect([...new Set(covers)]).toEqual(expected);
});
