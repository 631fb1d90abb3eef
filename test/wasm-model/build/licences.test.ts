import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { BundledPackages } from "../../../wasm-model/build/licences.ts";

const MODULES = resolve(import.meta.dirname, "../../../node_modules");
const licenceOf = (name: string): string => readFileSync(resolve(MODULES, name, "LICENSE"), "utf8").trim();

it("the notices of a bundle are those of the packages whose code it contains, each once", async () => {
  const packages = new BundledPackages();
  const contents = 'import { Command } from "commander"; import { sha1 } from "@noble/hashes/legacy.js"; new Command();';
  for (let i = 0; i < 2; i++) {
    await build({
      stdin: { contents, resolveDir: import.meta.dirname },
      ...{ bundle: true, write: false, format: "esm", platform: "node", plugins: [packages.plugin] },
    });
  }
  packages.add(resolve(MODULES, "fflate/esm/some.js"));
  packages.add(import.meta.filename);
  const notices = packages.notices();
  expect([...notices.matchAll(/^---- (\S+)/gm)].map(([, name]) => name)).toEqual(["commander", "fflate"]);
  for (const name of ["commander", "fflate"]) expect(notices).toContain(licenceOf(name));
});
