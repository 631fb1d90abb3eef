/** Packages that only some verbs, flags and kinds of data need. Installing Anneal does not bring them: what needs one that is missing says so. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { UserError } from "./user-error.ts";

/** The versions that work, for npm. `test/slow/package.test.ts` tries both ends. */
export const RANGES = {
  "@tensorflow/tfjs": "^4.22.0",
  "@tensorflow/tfjs-backend-wasm": "^4.22.0",
  sharp: "0.34 - 0.35",
  wrangler: "^4.86.0",
} as const;

export type OptionalPackage = keyof typeof RANGES;

/** Throws a UserError that says how to install the packages in `needs` that are missing. `user`, in words, needs them. */
export function expectInstalled(user: string, needs: readonly OptionalPackage[]): void {
  const missing = needs.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const all = missing.includes("@tensorflow/tfjs") ? " (or all that training needs: npx anneal setup-native)" : "";
  const install = ["npm install --save-dev", ...missing.map((name) => `"${withRange(name)}"`)].join(" ");
  throw new UserError(`${user} needs ${missing.join(", ")}: ${install}${all}`);
}

/** A package with its range of versions, for npm. */
export const withRange = (name: OptionalPackage): string => `${name}@${RANGES[name]}`;

/** Whether the package is there now. Node 20 itself remembers that it was missing. */
export const isInstalled = (name: OptionalPackage): boolean =>
  createRequire(import.meta.url)
    .resolve.paths(name)
    ?.some((folder) => existsSync(join(folder, name, "package.json"))) === true;
