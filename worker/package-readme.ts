/**
 * README.md as npm packs it. Its pictures have relative addresses, which the package's page has nothing to resolve with: `prepack` puts words in their place, and
 * `postpack` the file back.
 */
import { copyFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const README = fileURLToPath(new URL("../README.md", import.meta.url));
const KEPT = fileURLToPath(new URL("../dist/README.md", import.meta.url));

if (process.argv[2] === "restore") renameSync(KEPT, README);
else {
  copyFileSync(README, KEPT);
  writeFileSync(README, readFileSync(README, "utf8").replaceAll(/!\[([^\]]*)\]\([^)]*\)/g, "*$1*"));
}
