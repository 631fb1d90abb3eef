/**
 * README.md as npm packs it. Pictures, and links to files that the package does not hold, have relative addresses,
 * which its page has nothing to resolve with: `prepack` puts words in their place, and `postpack` the file back.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const README = fileURLToPath(new URL("../../README.md", import.meta.url));
const KEPT = fileURLToPath(new URL("../../dist/README.md", import.meta.url));

/** What npm packs beside what `files` names, and the documents among those. */
const PACKED = /^(?:https?:|#|CHANGELOG\.md|LICENSE|worker\/[A-Z-]+\.md)/;

if (process.argv[2] === "restore") renameSync(KEPT, README);
else {
  const page = readFileSync(README, "utf8");
  const inWords = page
    .replaceAll(/!\[([^[\]]*)\]\([^()]*\)/g, "*$1*")
    .replaceAll(/\[([^[\]]*)\]\(([^()]*)\)/g, (link, text: string, address: string) => (PACKED.test(address) ? link : text));
  if (inWords !== page) writeFileSync(KEPT, page); // else packing was cut off before: the page is kept
  writeFileSync(README, inWords);
}
