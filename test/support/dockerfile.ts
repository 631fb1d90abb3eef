/** A Dockerfile's steps, one by one, where no Docker is: its files are copied and its commands run in a folder. */
import { chownSync, cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** What `docker run` would start. */
export interface Image {
  /** Of WORKDIR, on this machine. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly healthcheck: readonly string[];
  readonly command: readonly string[];
}

/** Takes the steps of `context`/Dockerfile into a folder. `run` is called for RUN. */
export async function buildImage(context: string, folder: string, run: (command: string) => Promise<unknown>): Promise<Image> {
  mkdirSync(folder, { recursive: true });
  const env: Record<string, string> = {};
  const started: Record<string, string[]> = {};
  for (const line of readFileSync(join(context, "Dockerfile"), "utf8").split("\n")) {
    const [, name, rest = ""] = /^(\w+) (.+)$/.exec(line) ?? [];
    const words = rest.split(" ");
    if (name === "ENV") for (const word of words) env[word.split("=")[0]] = word.slice(word.indexOf("=") + 1);
    if (name === "COPY") copy(words.slice(0, -1), words.at(-1) ?? "", context, folder);
    if (name === "RUN") await run(rest);
    if (name === "HEALTHCHECK" || name === "CMD") started[name] = JSON.parse(rest.slice(rest.indexOf("[")));
  }
  return { folder, env, healthcheck: started.HEALTHCHECK, command: started.CMD };
}

/** As COPY does: several sources go into a folder, a folder's contents go into the target, and all belongs to root. */
function copy(sources: readonly string[], target: string, context: string, folder: string): void {
  const named = sources.flatMap((source) =>
    source.startsWith("*") ? readdirSync(context).filter((name) => name.endsWith(source.slice(1))) : [source],
  );
  for (const source of named) {
    const to = join(folder, target, target.endsWith("/") ? basename(source) : "");
    cpSync(join(context, source), to, { recursive: true });
    if (process.getuid?.() === 0) chownSync(to, 0, 0);
  }
}
