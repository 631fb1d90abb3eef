/** The style sheets that the build made, which travel inside the pages: the first frame waits for no second file, and nothing is ever laid out without its style. */
import type { Env } from "../env.ts";

/** Empty where there are no files of the site. The address of the font is that under which the page can load it. */
export async function styleSheet({ ASSETS, BASE = "" }: Env["Bindings"], name: string): Promise<string> {
  const found = await ASSETS.fetch(`https://assets/assets/${name}.css`);
  return found.ok ? (await found.text()).replaceAll("./display.woff2", () => `${BASE}/assets/display.woff2`) : "";
}
