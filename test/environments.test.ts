/** `--env` of `npm start` and of deployments: environments by their tables in wrangler.toml. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { environmentIn } from "../worker/node/wrangler.ts";
import { temporaryFolder } from "./support/files.ts";

const folder = temporaryFolder("environments");

writeFileSync(join(folder, "wrangler.toml"), 'name = "x"\n[env.staging]\n[env.staging.vars]\nA = "1"\n[env.pre-prod.vars]\nA = "2"\n');

it.each([
  [["--env", "staging"], "staging"],
  [["--dry-run", "-e=pre-prod"], "pre-prod"],
  [["--env", ""], ""],
  [["--dry-run"], undefined],
])("%j: %s", (args, env) => expect(environmentIn(args, folder)).toBe(env));
