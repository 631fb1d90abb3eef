/** The flag `--model` of `npm start` and `npm run deploy`: models to serve instead of the shipped ones. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildSite, DIST, SHIPPED } from "./build.ts";
import { fail, orFail } from "./verb.ts";

/**
 * Builds what the Worker serves, with the models that `args` name, and returns the arguments for wrangler. Models that
 * are not shipped are built in a temporary folder, since another Worker may be serving the shipped ones. The folder is
 * removed when the process exits. Ends the process with one clear line for a folder that cannot be served.
 */
export async function buildFor(args: readonly string[]): Promise<string[]> {
  const { folders, others } = modelFlags(args);
  if (folders.length === 0) {
    await buildSite(DIST, SHIPPED);
    return others;
  }
  const folder = mkdtempSync(join(tmpdir(), "anneal-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  await orFail(buildSite(folder, folders));
  const tsconfig = join(folder, "tsconfig.json");
  const paths = { "served-models": [join(folder, "served-models.js")] };
  writeFileSync(tsconfig, JSON.stringify({ extends: join(import.meta.dirname, "../tsconfig.json"), compilerOptions: { paths } }));
  return ["--assets", join(folder, "site"), "--tsconfig", tsconfig, ...others];
}

/**
 * The folders that `--model` names, and all other arguments as they are. Ends the process if the flag has no folder.
 */
function modelFlags(args: readonly string[]): { readonly folders: string[]; readonly others: string[] } {
  const { tokens } = parseArgs({ args: [...args], options: { model: { type: "string" } }, strict: false, tokens: true });
  const folders: string[] = [];
  const taken = new Set<number>();
  for (const token of tokens) {
    if (token.kind !== "option" || token.name !== "model") continue;
    if (!token.value) fail("Expected a folder with model.onnx for `model` but received nothing");
    folders.push(token.value);
    taken.add(token.index);
    if (!token.inlineValue) taken.add(token.index + 1);
  }
  return { folders, others: args.filter((_, i) => !taken.has(i)) };
}
