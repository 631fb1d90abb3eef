/** The page at /reference: sends its forms and shows the responses. */
import { find } from "./dom.ts";

document.addEventListener("toggle", ({ target }) => target instanceof HTMLDetailsElement && fill(target), { capture: true });
document.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target as HTMLFormElement);
});

for (const details of document.querySelectorAll("details")) if (details.open) fill(details);

/** Puts the form in place of its template. */
function fill(details: HTMLDetailsElement): void {
  const template = details.querySelector("template");
  template?.replaceWith(template.content);
}

async function send(form: HTMLFormElement): Promise<void> {
  const place = find(".answer", HTMLElement, form);
  const { url, init, command } = requestOf(form);
  const sent = element("pre", command);
  sent.tabIndex = 0;
  sent.ariaLabel = "The same in a terminal";
  try {
    const response = await fetch(url, init);
    const type = response.headers.get("Content-Type") ?? "";
    const line = element("p", `${response.status} ${type}`);
    place.replaceChildren(sent, line, await shown(response, type));
  } catch {
    place.replaceChildren(sent, element("p", "The server cannot be reached."));
  }
}

function requestOf(form: HTMLFormElement): { readonly url: string; readonly init: RequestInit; readonly command: string } {
  const { method = "GET", path = "/" } = form.dataset;
  const query = new URLSearchParams();
  const body = new FormData();
  const parts: string[] = [];
  let pathname = path;
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[name]")) {
    const { name, value } = field;
    const [file] = (field instanceof HTMLInputElement && field.files) || [];
    if (file) {
      body.set(name, file);
      parts.push(`-F ${name}=@${file.name}`);
    } else if (field.dataset.in === "path") pathname = pathname.replace(`{${name}}`, encodeURIComponent(value));
    else if (value !== "") query.set(name, value);
  }
  const url = query.size > 0 ? `${pathname}?${query}` : pathname;
  const init = method === "POST" ? { method, body } : { method };
  return { url, init, command: ["curl", ...parts, `"${location.origin}${url}"`].join(" ") };
}

/** Longest text shown, in characters. */
const MOST = 4000;

async function shown(response: Response, type: string): Promise<HTMLElement> {
  if (type.startsWith("image/")) {
    const image = new Image();
    image.alt = "The answer";
    image.src = URL.createObjectURL(await response.blob());
    return image;
  }
  if (type === "application/octet-stream") return element("p", `${(await response.blob()).size} bytes`);
  const text = await response.text();
  const block = element("pre", text.length > MOST ? `${text.slice(0, MOST)}…` : text);
  block.tabIndex = 0;
  block.ariaLabel = "The answer";
  return block;
}

function element<K extends "p" | "pre">(tag: K, text: string): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(tag), { textContent: text });
}
