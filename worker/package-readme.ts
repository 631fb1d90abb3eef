/**
 * README.md as npm packs it. Pictures, and links to files that the package does not hold, have relative addresses, which its page has nothing to resolve with: `prepack` puts words in
 * their place, and `postpack` the file back.
 */
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const README = fileURLToPath(new URL("../README.md", import.meta.url));
const KEPT = fileURLToPath(new URL("../dist/README.md", import.meta.url));

/** What npm packs beside what `files` names, and the documents among those. */
const PACKED = /^(?:https?:|#|CHANGELOG\.md|LICENSE|worker\/[A-Z-]+\.md)/;

if (existsSync(KEPT)) renameSync(KEPT, README); // also after packing that was cut off
if (process.argv[2] !== "restore") {
  copyFileSync(README, KEPT);
  const inWords = readFileSync(README, "utf8")
    .replaceAll(/!\[([^\]]*)\]\([^)]*\)/g, "*$1*")
    .replaceAll(/\[([^\]]*)\]\(([^)]*)\)/g, (link, text: string, address: string) => (PACKED.test(address) ? link : text));
  writeFileSync(README, inWords);
}
