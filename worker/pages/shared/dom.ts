/** Elements: found, made, and what visitors take away from them; and what a page says, also of why there is no image. Text is set as text, never as HTML. */

/** The element that the page is sure to have. */
export function find<T extends Element>(selector: string, type: abstract new () => T, within: ParentNode = document): T {
  const found = within.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`Expected a ${type.name} at ${selector}`);
  return found;
}

/** All of an element's but its style, which is in style sheets. */
export type Properties<T> = Partial<Omit<T, "style">>;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties<HTMLElementTagNameMap[K]> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function button(text: string, onClick: () => void, properties: Properties<HTMLButtonElement> = {}, ...children: readonly Node[]) {
  const made = element("button", { type: "button", ...properties }, text, ...children);
  made.addEventListener("click", onClick);
  return made;
}

/** A button that shows and hides what `word` means, and where that is said. `named`: whether the button has the word itself, not only a sign beside it. */
export function noteOn(word: string, words: () => string, named = false): readonly [ask: HTMLElement, told: HTMLElement] {
  const told = element("p", { className: "note told", role: "status" });
  const toggle = (): void => {
    told.textContent = told.textContent === "" ? words() : "";
    ask.ariaExpanded = String(told.textContent !== "");
  };
  const ask = button(named ? word : "?", toggle, {
    className: "ask",
    ariaExpanded: "false",
    ...(!named && { ariaLabel: `What is “${word}”?` }),
  });
  return [ask, told];
}

/** Says sentences in an element of the page, each in place of the one before. */
export function speaker(selector: string): Say {
  const place = find(selector, HTMLElement);
  return (sentence, again) => {
    place.textContent = sentence;
    const tryAgain = (): void => {
      place.textContent = "";
      again?.();
    };
    if (again) place.append(" ", button("Try again", tryAgain));
  };
}

/** Downloads a file under this name. */
export function save(name: string, file: Blob): void {
  const link = element("a", { href: URL.createObjectURL(file), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // not before the download has begun
}

/** What makes zip files. A page asks for it before it may be without a network. */
export const zipMaker = () =>
  import("fflate").catch((error) => {
    console.warn(error);
    throw new FileError("The images are ready; the zip needs a connection.");
  });

/** A zip of PNG files, which are compressed already. */
export async function zipOf(files: readonly { readonly file: string; readonly png: Blob }[]): Promise<Blob> {
  const { zipSync } = await zipMaker();
  const entries = await Promise.all(files.map(async ({ file, png }) => [file, new Uint8Array(await png.arrayBuffer())] as const));
  return new Blob([zipSync(Object.fromEntries(entries), { level: 0 })], { type: "application/zip" });
}

/** Copies text. Says on the button for a while how it went. */
export async function copy(from: HTMLButtonElement, text: string): Promise<void> {
  const { ariaLabel, textContent } = from;
  from.ariaLabel = null;
  try {
    await navigator.clipboard.writeText(text);
    from.textContent = "Copied";
  } catch {
    from.textContent = "This browser does not copy";
  }
  setTimeout(() => Object.assign(from, { ariaLabel, textContent }), 2000);
}

/** Has the arrow keys, Home and End move among a group's buttons, which are one stop of the Tab key: it reaches the one that had the focus last. */
export function makeOneTabStop(group: HTMLElement): void {
  const buttons = (): HTMLElement[] => [...group.querySelectorAll<HTMLElement>("button, a")];
  const reach = (one: HTMLElement | undefined): void => {
    for (const each of buttons()) each.tabIndex = each === one ? 0 : -1;
  };
  reach(buttons()[0]);
  group.addEventListener("focusin", ({ target }) => reach(target as HTMLElement));
  group.addEventListener("keydown", (event) => {
    const all = buttons();
    const topOf = (one: HTMLElement): number => one.getBoundingClientRect().top;
    const columns = all.filter((one) => topOf(one) === topOf(all[0])).length;
    const at = all.indexOf(event.target as HTMLElement);
    const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    const ends: Readonly<Record<string, number>> = { Home: 0, End: all.length - 1 };
    const next = all[event.key in ends ? ends[event.key] : at + (steps[event.key] ?? Number.NaN)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

export class VisitorError extends Error {}

/** It may go well another time: the network, the server or the model's download failed. */
export class TryAgainError extends VisitorError {}

/** Images are there, but no file of them. */
export class FileError extends TryAgainError {}

/** What to tell visitors about an error: its own sentence, or this one. The console has the details. */
export function errorSentence(error: unknown, otherwise = "This device cannot draw it."): string {
  if (error instanceof VisitorError) return error.message;
  console.warn(error);
  return otherwise;
}

/** Shows a sentence, with a button to try again if there is something to try. */
export type Say = (sentence: string, again?: () => void) => void;
