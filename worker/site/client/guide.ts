/** The script of the guide's page that has elements in it: the widget, and who draws them. */
import type { LoadDetail } from "../../widget/element.ts";
import { find } from "./dom.ts";

const WORDS: Record<LoadDetail["renderedBy"], string> = {
  device: "This device draws the images below.",
  edge: "This device cannot load the model, so the images below are the server’s.",
};

const tell = ({ detail }: CustomEvent<LoadDetail>): void => {
  find("#drawn-by", HTMLElement).textContent = WORDS[detail.renderedBy];
};
for (const element of document.querySelectorAll("anneal-sample")) element.addEventListener("load", tell as EventListener);
await import(new URL("../embed.js", import.meta.url).href);
