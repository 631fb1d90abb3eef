/** Opens a file in the system's browser. */
import { spawn } from "node:child_process";
import { resolve } from "node:path";

const OPENERS: Partial<Record<NodeJS.Platform, readonly [program: string, ...args: string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** Does nothing but say where the file is on a system without a browser. */
export function openInBrowser(path: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  const opener = spawn(program, [...args, resolve(path)], { stdio: "ignore", detached: true });
  opener.on("error", () => console.log(`no browser to open: see ${path}`));
  opener.unref();
}
