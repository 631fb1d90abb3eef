/**
 * `npm run deploy`: builds what is needed and puts the Worker online, as the environment `production` of wrangler.toml.
 * All arguments are wrangler's: `--env free` takes the environment for the Workers Free plan, `--dry-run` does everything
 * but the upload and needs no account.
 */
import { buildSite, SHIPPED } from "./build.ts";
import { environmentIn, expectStart, wrangler } from "./wrangler.ts";

const args = process.argv.slice(2);
const all = [...(environmentIn(args) === undefined ? ["--env", "production"] : []), ...args];
await expectStart(SHIPPED, all);
await buildSite();
wrangler("deploy", "--minify", ...all);
