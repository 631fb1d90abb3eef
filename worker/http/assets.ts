/** The site's files in Workers: the binding of static assets, and what the build knows of them. */
import files from "site-files";
import type { Site } from "./static-files.ts";

/** The binding of static assets, or anything that answers like it. */
interface Assets {
  fetch(request: Request): Promise<Response>;
}

/** Cloudflare compresses what it sends, and workerd alone has no copies. */
export const siteOf = (assets: Assets): Site => ({
  files: () => files,
  hasCopies: false,
  async read(path) {
    const ask = (asked: string): Promise<Response> => assets.fetch(new Request(`https://assets${asked}`, { redirect: "manual" }));
    const found = await ask(path);
    const file = found.status >= 300 && found.status < 400 ? await ask(path.replace(/index\.html$/, "")) : found; // on Cloudflare a folder's file is at the folder
    return file.ok ? (file.body ?? undefined) : undefined;
  },
});
