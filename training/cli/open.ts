/** Opens a file in the system's browser. */
import { spawn } from "node:child_process";
import { resolve } from "node:path";

const OPENERS: Partial<Record<NodeJS.Platform, readonly [program: string, ...args: string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** Says where the file is, for systems without a browser. */
export function openInBrowser(path: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  const opener = spawn(program, [...args, resolve(path)], { stdio: "ignore", detached: true });
  opener.on("error", () => undefined);
  opener.unref();
  console.log(`shown in a browser, if there is one: ${path}`);
}
