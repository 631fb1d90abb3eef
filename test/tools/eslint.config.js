/**
 * Part of `npm run lint`: no regular expression may backtrack without bounds, since addresses, headers and files come
 * from strangers. Biome has no such rule.
 */
import parser from "@typescript-eslint/parser";
import regexp from "eslint-plugin-regexp";

export default [
  { ignores: ["wasm-model/engine/assembly", "training/*/assembly"] }, // of another language
  {
    files: ["{worker,wasm-model,training}/**/*.{ts,js}"],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: { parser },
    plugins: { regexp },
    rules: {
      "regexp/no-super-linear-backtracking": ["error", { report: "potential" }],
      "regexp/no-super-linear-move": ["error", { report: "potential", ignorePartial: false, ignoreSticky: false }],
    },
  },
];
