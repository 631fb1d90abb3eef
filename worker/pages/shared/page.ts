/** What every page does: links the source code, makes the buttons of code work, and keeps itself for when there is no network. */
import { button, copy, element, find } from "./dom.ts";
import { SERVER, service } from "./service.ts";

/** Call it once. (An import alone would be dropped: package.json says that modules have no side effects.) */
export function startPage(): void {
  service.then(
    ({ source }) => source && find("footer", HTMLElement).append(element("a", { href: source }, "Source code")),
    () => undefined, // without a service there are only files
  );

  // Code that names the server's address has it from the page.
  for (const code of document.querySelectorAll("pre > code")) {
    const node = code.firstChild;
    if (node instanceof Text) node.data = node.data.replaceAll("https://your.server/", SERVER.href);
    const own: HTMLButtonElement = button("Copy", () => copy(own, code.textContent ?? ""));
    code.parentElement?.after(own);
  }
}
