/**
 * Files that differ between package and repository. Documents: npm's page cannot resolve relative addresses of
 * images and of files outside the package, so such links become their words. package.json: without `prepare`, which is for
 * those who clone. `prepack` writes them; `postpack` restores the repository's.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";

/** Addresses that work in the package: full ones, anchors, and its documents, from its root. */
const PACKED =
  /^(?:https?:|#|(?:CHANGELOG|SECURITY|training\/(?:README|WEIGHTS)|worker\/[A-Z-]+|worker\/element\/README|wasm-model\/models\/(?:avatars|base)\/README)\.md|LICENSE)/;

const document =
  (folder: string) =>
  (page: string): string =>
    page
      .replaceAll(/<img src="(?!https:)[^>]* alt="([^"]*)">/g, "*$1*")
      .replaceAll(/!\[([^[\]]*)\]\([^()]*\)/g, "*$1*")
      .replaceAll(/\[([^[\]]*)\]\(([^()]*)\)/g, (link, text: string, address: string) =>
        PACKED.test(address) || PACKED.test(posix.join(folder, address)) ? link : text,
      );

const FILES: Readonly<Record<string, (text: string) => string>> = {
  "README.md": document("."),
  "SECURITY.md": document("."),
  "training/README.md": document("training"),
  "training/WEIGHTS.md": document("training"),
  "package.json": (manifest) => manifest.replace(/^ *"prepare": .*\n/m, ""),
};

for (const [name, packed] of Object.entries(FILES)) {
  const path = fileURLToPath(new URL(`../../${name}`, import.meta.url));
  const kept = fileURLToPath(new URL(`../../dist/kept-${name.replaceAll("/", "-")}`, import.meta.url));
  if (process.argv[2] === "restore") renameSync(kept, path);
  else {
    const text = readFileSync(path, "utf8");
    const changed = packed(text);
    if (changed !== text) writeFileSync(kept, text); // otherwise it is already kept: an earlier packing was cut off
    writeFileSync(path, changed);
  }
}
