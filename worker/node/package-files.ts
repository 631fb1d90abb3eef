/**
 * Two files that differ between package and repository. README.md: npm's page cannot resolve relative addresses of
 * images and of files outside the package, so such links become their words. package.json: without `prepare`, which is for
 * those who clone. `prepack` writes them; `postpack` restores the repository's.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Links that work on npm's page: full addresses, anchors, and documents in the package. */
const PACKED = /^(?:https?:|#|CHANGELOG\.md|LICENSE|worker\/[A-Z-]+\.md)/;

const FILES: Readonly<Record<string, (text: string) => string>> = {
  "README.md": (page) =>
    page
      .replaceAll(/<img src="(?!https:)[^>]* alt="([^"]*)">/g, "*$1*")
      .replaceAll(/!\[([^[\]]*)\]\([^()]*\)/g, "*$1*")
      .replaceAll(/\[([^[\]]*)\]\(([^()]*)\)/g, (link, text: string, address: string) => (PACKED.test(address) ? link : text)),
  "package.json": (manifest) => manifest.replace(/^ *"prepare": .*\n/m, ""),
};

for (const [name, packed] of Object.entries(FILES)) {
  const path = fileURLToPath(new URL(`../../${name}`, import.meta.url));
  const kept = fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
  if (process.argv[2] === "restore") renameSync(kept, path);
  else {
    const text = readFileSync(path, "utf8");
    const changed = packed(text);
    if (changed !== text) writeFileSync(kept, text); // otherwise it is already kept: an earlier packing was cut off
    writeFileSync(path, changed);
  }
}
