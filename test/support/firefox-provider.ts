/** Vitest's browser tests in Firefox as it is, which Playwright cannot drive: a page is all that they need of it. */
import { defineBrowserProvider } from "@vitest/browser";
import type { BrowserCommands } from "vitest/browser";
import { openFirefox } from "./browsers.ts";

export const stockFirefox = () =>
  defineBrowserProvider({
    name: "stock-firefox",
    providerFactory(project) {
      // Where vitest shows no interface of its own (on CI), it asks for the window's size before each file; here the
      // size of the frame is all that counts.
      project.browser?.registerCommand("__vitest_viewport" as keyof BrowserCommands, async () => {});
      const closings: (() => Promise<void>)[] = [];
      return {
        name: "stock-firefox",
        supportsParallelism: false,
        getCommandsContext: () => ({}),
        async openPage(_session, url) {
          closings.push(openFirefox(url));
        },
        async close() {
          await Promise.all(closings.splice(0).map((close) => close()));
        },
      };
    },
  });
