/**
 * Makes the page's form live: whenever a control changes, the server renders the page for it and the grid is exchanged. So there is one way to draw a grid, with and
 * without script. Also loads the tiles, shows the number above the slider and copies snippets.
 */
import { tileLoader } from "./tiles.ts";

const loadTiles = tileLoader(Number(document.body.dataset.atOnce));
loadTiles(document);

const form = find("#controls", HTMLFormElement);
const steps = find("[name=steps]", HTMLInputElement);
const stepsValue = find("#steps-value", HTMLOutputElement);

steps.addEventListener("input", () => {
  stepsValue.value = steps.value;
});
form.addEventListener("change", () => show(urlOf(new FormData(form))));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show(urlOf(new FormData(form, event.submitter)));
});

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const code = button.closest("figure")?.querySelector("code")?.textContent ?? "";
    await navigator.clipboard.writeText(code);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
}

/** The form's own URL, without its empty fields. */
function urlOf(data: FormData): URL {
  const url = new URL(form.action);
  for (const [name, value] of data) if (typeof value === "string" && value !== "") url.searchParams.set(name, value);
  return url;
}

let latest = new AbortController();

/**
 * Exchanges grid, seed, message and the slider's range by those of the page at `url`, and the address by one that shows this page again. When there is no such
 * page, says why and leaves the rest as it is. A newer call overtakes an older one.
 */
async function show(url: URL): Promise<void> {
  latest.abort();
  latest = new AbortController();
  const { signal } = latest;
  find("#samples", HTMLElement).ariaBusy = "true";
  const next = await pageAt(url, signal);
  if (signal.aborted) return;
  find("#samples", HTMLElement).ariaBusy = "false";
  if (typeof next === "string") {
    find("#problem", HTMLElement).textContent = next;
    return;
  }
  const nextSteps = find("[name=steps]", HTMLInputElement, next);
  for (const image of next.querySelectorAll<HTMLImageElement>("#samples img[src]")) {
    image.dataset.src = image.getAttribute("src") ?? "";
    image.removeAttribute("src");
  }
  for (const selector of ["#samples", "#problem"]) find(selector, HTMLElement).replaceWith(find(selector, HTMLElement, next));
  loadTiles(find("#samples", HTMLElement));
  steps.max = nextSteps.max; // not every sampler may take as many
  stepsValue.value = steps.value;
  const { value: seed } = find("[name=seed]", HTMLInputElement, next);
  find("[name=seed]", HTMLInputElement).value = seed;
  url.searchParams.delete("new");
  url.searchParams.set("seed", seed);
  history.replaceState(null, "", url);
}

/** The page, or one sentence on why there is none. */
async function pageAt(url: URL, signal: AbortSignal): Promise<Document | string> {
  try {
    const response = await fetch(url, { signal });
    const text = await response.text();
    if (response.headers.get("Content-Type") === "application/problem+json") return JSON.parse(text).detail;
    const page = new DOMParser().parseFromString(text, "text/html");
    return page.getElementById("samples") ? page : `The server failed (HTTP status ${response.status}).`;
  } catch {
    return "The server cannot be reached.";
  }
}

/** The element that the page is sure to have. */
function find<T extends Element>(selector: string, type: new () => T, within: ParentNode = document): T {
  const element = within.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`Expected a ${type.name} at ${selector}`);
  return element;
}
