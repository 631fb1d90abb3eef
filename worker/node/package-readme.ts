/**
 * Prepares README.md for npm's page, which cannot resolve relative addresses of images and of files outside the
 * package. `prepack` replaces such links with their words; `postpack` restores the file.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const README = fileURLToPath(new URL("../../README.md", import.meta.url));
const KEPT = fileURLToPath(new URL("../../dist/README.md", import.meta.url));

/** Links that work on npm's page: full addresses, anchors, and documents in the package. */
const PACKED = /^(?:https?:|#|CHANGELOG\.md|LICENSE|worker\/[A-Z-]+\.md)/;

if (process.argv[2] === "restore") renameSync(KEPT, README);
else {
  const page = readFileSync(README, "utf8");
  const inWords = page
    .replaceAll(/<img src="(?!https:)[^>]* alt="([^"]*)">/g, "*$1*")
    .replaceAll(/!\[([^[\]]*)\]\([^()]*\)/g, "*$1*")
    .replaceAll(/\[([^[\]]*)\]\(([^()]*)\)/g, (link, text: string, address: string) => (PACKED.test(address) ? link : text));
  if (inWords !== page) writeFileSync(KEPT, page); // otherwise it is already kept: an earlier packing was cut off
  writeFileSync(README, inWords);
}
