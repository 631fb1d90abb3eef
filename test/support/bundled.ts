/** A script and all that it imports in one file, for browsers and for Nodes without types. */
import { build } from "esbuild";

export async function bundled(path: string, define: Record<string, string> = {}): Promise<string> {
  const entryPoints = [path];
  const external = ["node:*"];
  const { outputFiles } = await build({ entryPoints, external, define, bundle: true, format: "esm", target: "es2023", write: false });
  return outputFiles[0].text;
}
