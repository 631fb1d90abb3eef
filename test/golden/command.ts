/**
 * In Node, bundled: `node command.js plain relaxed` prints this Node's version and the hashes that each of these builds
 * gives.
 */
import { type Build, drawWith } from "./builds.ts";

const builds: Record<string, object> = {};
for (const build of process.argv.slice(2)) builds[build] = await drawWith(build as Build);
console.log(JSON.stringify({ version: process.version, builds }));
