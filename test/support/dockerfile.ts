/** A Dockerfile's steps, one by one, where no Docker is: its files are copied and its commands run in a folder. */
import { chownSync, cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** What `docker run` would start. */
export interface Image {
  /** The base image. */
  readonly from: string;
  /** Of WORKDIR, on this machine. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly healthcheck: readonly string[];
  readonly command: readonly string[];
}

/**
 * Takes the steps of `context`/Dockerfile with `root` as the image's file system. `run` is called for RUN. Throws an
 * Error for an instruction that it does not know.
 */
export async function buildImage(
  context: string,
  root: string,
  run: (folder: string, command: string) => Promise<unknown>,
): Promise<Image> {
  const text = readFileSync(join(context, "Dockerfile"), "utf8").replaceAll("\\\n", " ");
  const image = {
    from: "",
    folder: root,
    env: {} as Record<string, string>,
    user: "root",
    healthcheck: [] as string[],
    command: [] as string[],
  };
  for (const line of text.split("\n").filter((step) => step !== "" && !step.startsWith("#"))) {
    const [, name, rest] = /^(\w+) (.+)$/.exec(line) ?? [];
    const words = rest.split(" ");
    if (name === "FROM") image.from = rest;
    else if (name === "WORKDIR") {
      image.folder = join(root, rest);
      mkdirSync(image.folder, { recursive: true });
    } else if (name === "ENV") for (const word of words) image.env[word.split("=")[0]] = word.slice(word.indexOf("=") + 1);
    else if (name === "COPY") copy(words.slice(0, -1), words.at(-1) ?? "", context, image.folder);
    else if (name === "RUN") await run(image.folder, rest);
    else if (name === "USER") image.user = rest;
    else if (name === "HEALTHCHECK") image.healthcheck = JSON.parse(rest.slice(rest.indexOf("CMD ") + 4));
    else if (name === "CMD") image.command = JSON.parse(rest);
    else if (name !== "EXPOSE") throw new Error(`Expected an instruction that this test knows but received "${line}"`);
  }
  return image;
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
