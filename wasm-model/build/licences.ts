/** Collects the licences of the packages that a build bundles. Their notices go with every copy. In Node. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Plugin } from "esbuild";

/** The file of notices beside the build's output. */
export const LICENCES = "third-party-licences.txt";

/** The folder of the package that a file belongs to. */
const PACKAGE = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;
const NOTICE = /^(?:licen[cs]e|copying|notice)/i;

/** Fields of package.json. */
interface LicensedPackage {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
  readonly homepage?: string;
}

/** The packages whose code a build contains. */
export class BundledPackages {
  private readonly folders = new Set<string>();

  /** Add it to each esbuild build. */
  readonly plugin: Plugin = {
    name: "licences",
    setup: ({ initialOptions, onEnd }) => {
      initialOptions.metafile = true;
      onEnd(({ metafile }) => {
        for (const { inputs } of Object.values(metafile?.outputs ?? {})) {
          for (const [path, { bytesInOutput }] of Object.entries(inputs)) if (bytesInOutput > 0) this.add(path);
        }
      });
    },
  };

  /** Records the package that a file belongs to, if any. */
  add(path: string): void {
    const [folder] = PACKAGE.exec(resolve(path)) ?? [];
    if (folder) this.folders.add(folder);
  }

  /** The packages' notices, sorted by name. */
  notices(): string {
    const manifestIn = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as LicensedPackage;
    const packages = [...this.folders].map((folder) => ({ folder, ...manifestIn(folder) }));
    const notices = packages.sort((a, b) => (a.name < b.name ? -1 : 1)).map(noticeOf);
    return ["Parts of these packages are built into the files here.", ...notices].join("\n\n");
  }
}

function noticeOf({ folder, name, version, license, author, homepage }: LicensedPackage & { readonly folder: string }): string {
  const texts = readdirSync(folder).filter((file) => NOTICE.test(file));
  const owner = typeof author === "string" ? author : author?.name;
  return [
    `---- ${name} ${version}, ${license ?? "licence unknown"}${homepage ? `, ${homepage}` : ""}`,
    ...(texts.length > 0
      ? texts.map((file) => readFileSync(join(folder, file), "utf8").trim())
      : [`Copyright ${owner ?? `the authors of ${name}`}`]),
  ].join("\n\n");
}
