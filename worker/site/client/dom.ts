/** What the scripts of all pages need. */
import { nextTurn } from "../../../wasm-model/render/turn.ts";

/** The element that the page is sure to have. */
export function find<T extends Element>(selector: string, type: abstract new () => T, within: ParentNode = document): T {
  const element = within.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`Expected a ${type.name} at ${selector}`);
  return element;
}

/** Where the arrow keys lead: right and down. */
export const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Frees the file at this address, but not before a download that was asked for has begun. */
export const free = (address: string): unknown => setTimeout(() => URL.revokeObjectURL(address), 10_000);

/** Downloads a file under this name. */
export function save(name: string, file: Blob): void {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: name });
  link.click();
  free(link.href);
}

/** Makes the link at `selector` lead to this file, and no longer to an earlier one. */
export function offer(selector: string, file: Blob): void {
  const link = find(selector, HTMLAnchorElement);
  if (link.href) free(link.href);
  link.href = URL.createObjectURL(file);
}

/**
 * Continues in a new task, since the browser lays the page out in the one in which the script arrives. The page is
 * marked as busy meanwhile.
 */
export async function laidOut(): Promise<void> {
  const page = find("main", HTMLElement);
  page.ariaBusy = "true";
  await nextTurn();
  page.ariaBusy = "false";
}

declare global {
  interface Window {
    /** The buttons that were pressed before the page's script was there (layout.ts). */
    early?: HTMLButtonElement[];
  }
}

/** Presses the buttons that were pressed before the page's script was there. */
export function pressEarly(): void {
  window.onclick = null;
  for (const button of window.early?.splice(0) ?? []) button.click();
}

/** Makes the buttons work that copy code, including those added later, and presses what was pressed too early. */
export function startButtons(): void {
  document.addEventListener("click", copy);
  pressEarly();
}

async function copy({ target }: Event): Promise<void> {
  const button = target instanceof Element ? target.closest<HTMLButtonElement>("[data-copy]") : null;
  if (!button) return;
  await navigator.clipboard.writeText(button.closest("figure")?.querySelector("code")?.textContent ?? "");
  const [label] = button.childNodes;
  label.textContent = "Copied";
  setTimeout(() => (label.textContent = "Copy"), 2000);
}
