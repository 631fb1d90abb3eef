/** What every page does: links the source code, and puts the server's address into code. */
import { element, find } from "./dom.ts";
import { type Say, untilThere } from "./errors.ts";
import { SERVER, type Service, service } from "./service.ts";

/**
 * Call it once. (An import alone would be dropped: package.json says that modules have no side effects.) Resolves with what
 * the service says about itself. As long as that does not arrive, `say` tells so and offers to try again; a page that can do
 * without it says nothing.
 */
export async function startPage(say: Say = () => undefined): Promise<Service> {
  // Code that names the server's address has it from the page.
  for (const code of document.querySelectorAll("pre > code")) {
    const node = code.firstChild;
    if (node instanceof Text)
      node.data = node.data.replaceAll("https://your.server/", SERVER.href).replaceAll("https://your.server", SERVER.origin);
  }
  const answer = await untilThere(service, say);
  if (answer.source) find("footer", HTMLElement).append(element("a", { href: answer.source }, "Source code"));
  if (answer.budget === 0) document.documentElement.dataset.service = "none"; // what needs one is hidden (site.css)
  return answer;
}
