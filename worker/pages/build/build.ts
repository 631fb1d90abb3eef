/** The guide's page has live elements in it: the widget, and a line that says who draws them. */
import type { LoadDetail } from "../../widget/element.ts";
import { find } from "../shared/dom.ts";
import { startPage } from "../shared/page.ts";
import { SERVER } from "../shared/service.ts";

startPage();

const WORDS: Record<LoadDetail["renderedBy"], string> = {
  device: "This device draws the images below.",
  edge: "This device cannot load the model, so the images below are the server’s.",
};

const tell = ({ detail }: CustomEvent<LoadDetail>): void => {
  find("#drawn-by", HTMLElement).textContent = WORDS[detail.renderedBy];
};
for (const element of document.querySelectorAll("anneal-sample")) element.addEventListener("load", tell as EventListener);
await import(/* @vite-ignore */ new URL("embed.js", SERVER).href);
