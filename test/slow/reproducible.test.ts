/**
 * Two clean checkouts, at different paths, build the same bytes: the engine, the site with embed.js, the Worker's
 * bundle and the package.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { copyTree } from "../support/files.ts";

const ROOT = resolve(import.meta.dirname, "../..");
mkdirSync(join(ROOT, "dist"), { recursive: true });
/**
 * On the same file system as node_modules, which are linked file by file: packages must not be found outside of a
 * checkout.
 */
const folder = mkdtempSync(join(ROOT, "dist/reproducible-"));
afterAll(() => rmSync(folder, { recursive: true }));

const CHECKOUTS = [join(folder, "a"), join(folder, "b/deeper")];
/** By path of a built file: its SHA-256. */
let [one, other]: Record<string, string>[] = [];

function checkOut(into: string): void {
  copyTree(into);
  execFileSync("cp", ["-al", join(ROOT, "node_modules"), join(into, "node_modules")]);
}

function built(checkout: string): Record<string, string> {
  checkOut(checkout);
  const npm = (...args: string[]) => execFileSync("npm", args, { cwd: checkout, stdio: "pipe" });
  npm("run", "build");
  npm("run", "deploy", "--", "--dry-run", "--outdir", "dist/bundle");
  npm("pack", "--pack-destination", "dist");
  const [packed] = readdirSync(join(checkout, "dist")).filter((name) => name.endsWith(".tgz"));
  const made = ["wasm-model/engine/dist", "dist/site", "dist/bundle"].flatMap((name) =>
    readdirSync(join(checkout, name), { recursive: true, encoding: "utf8" }).map((file) => join(name, file)),
  );
  const dated = join("dist/bundle", "README.md"); // wrangler's own, with the time of the build
  const files = [...made, join("dist", packed)].filter((name) => name !== dated && statSync(join(checkout, name)).isFile());
  return Object.fromEntries(
    files.toSorted().map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(join(checkout, name)))
        .digest("hex"),
    ]),
  );
}

/** Milliseconds, on a machine that has much else to do. */
const PATIENCE = 3_600_000;

beforeAll(() => {
  [one, other] = CHECKOUTS.map(built);
}, PATIENCE);

it("builds them to the same bytes", () => {
  for (const name of [/engine\/dist\/relaxed\.wasm$/, /^dist\/site\/embed\.js$/, /^dist\/bundle\/index\.js$/, /^dist\/anneal-.*\.tgz$/])
    expect(Object.keys(one)).toContainEqual(expect.stringMatching(name));
  expect(other).toEqual(one);
});
