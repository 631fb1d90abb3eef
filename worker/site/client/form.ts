/**
 * Updates the page when its form changes. Each choice is an entry of the browser's history, so that Back undoes it.
 * Fields, messages, links and code come from the server's page for the choice, whose `data-live` parts replace those of
 * this page. So they are written once, for pages with and without JavaScript.
 */
import { randomSeed } from "../../../wasm-model/request/options.ts";
import { prefersReducedMotion } from "../../widget/display.ts";
import { find } from "./dom.ts";

export type PageAddress = URLSearchParams;

export interface LiveForm {
  /** Draws what the address asks for, with the settings that were changed before the script was there. */
  begin(): void;
  /** Makes a choice that is not in the form. `url`: the page's address for it. */
  go(url: URL): void;
  /** What the address asks for. */
  state(): PageAddress;
}

export interface Listeners {
  /** There is another state to draw. */
  readonly onState: (state: PageAddress) => void;
  /** Parts of the page were exchanged. */
  readonly onParts?: () => void;
}

export function liveForm({ onState, onParts }: Listeners): LiveForm {
  const form = find("#controls", HTMLFormElement);
  let latest = new AbortController();

  form.addEventListener("input", ({ target }) => {
    if (target instanceof HTMLInputElement && target.type === "range") showValue(target);
  });
  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLSelectElement && target.name === "model") {
      form.submit(); // other classes, another size: another page
      return;
    }
    const isSlider = target instanceof HTMLInputElement && target.type === "range"; // it is kept under the finger that moves it
    choose(urlOf(form), !isSlider);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if ((event.submitter as HTMLButtonElement | null)?.name === "new") find("[name=seed]", HTMLInputElement, form).value = randomSeed();
    choose(urlOf(form), true);
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>(".tiles a, .wall a") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.pathname !== location.pathname) return;
    event.preventDefault();
    go(new URL(link.href), true);
  });
  addEventListener("popstate", () => show({ withFields: true }));

  function choose(url: URL, brings: boolean): void {
    if (url.href !== location.href) history.pushState(null, "", url);
    show({ brings });
  }

  function go(url: URL, brings = false): void {
    history.pushState(null, "", url);
    show({ withFields: true, brings });
  }

  /**
   * Shows what the address asks for. `withFields`: updates the form too. `brings`: brings the result into view, again
   * when parts were exchanged, since that may stop a browser's scrolling. A newer call replaces an older one.
   */
  async function show({ withFields = false, brings = false }): Promise<void> {
    if (brings) bringStage();
    latest.abort();
    latest = new AbortController();
    const { signal } = latest;
    onState(state());
    const next = await pageAt(location.href, signal);
    if (signal.aborted) return;
    if (next === undefined) {
      if (withFields) fillFields(form, state());
      awaitParts();
      return;
    }
    if (typeof next === "string") {
      find("#problem", HTMLElement).textContent = next;
      return;
    }
    if (withFields) copyFields(find("#controls", HTMLFormElement, next), form);
    exchangeParts(next);
    onParts?.();
    if (brings) bringStage();
  }

  function begin(): void {
    const early = [...form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[name]:not(button)")].filter(isChanged);
    for (const field of early) if (field instanceof HTMLInputElement && field.type === "range") showValue(field);
    if (early.some(({ name }) => name === "model")) form.submit();
    else if (early.length > 0) choose(urlOf(form), false);
    else onState(state());
  }

  if (!isOwnPage()) fillFields(form, state());
  const url = urlOf(form); // with the seeds that the server chose
  url.hash = location.hash;
  if (!find("#problem", HTMLElement).textContent) history.replaceState(null, "", url);
  return { begin, go, state };
}

/** Whether a field has another value than the server gave it. */
function isChanged(field: HTMLInputElement | HTMLSelectElement): boolean {
  if (field instanceof HTMLSelectElement) return field.selectedOptions[0]?.defaultSelected === false;
  return ["radio", "checkbox"].includes(field.type) ? field.checked !== field.defaultChecked : field.value !== givenValue(field);
}

/** What the browser makes of the value that the server gave a field: a slider, for example, stays within its ends. */
function givenValue(field: HTMLInputElement): string {
  const fresh = document.createElement("input");
  for (const name of ["type", "min", "max", "step", "value"]) {
    const value = field.getAttribute(name);
    if (value !== null) fresh.setAttribute(name, value);
  }
  return fresh.value;
}

/** Brings into view what a choice has changed. */
function bringStage(): void {
  const stage = document.querySelector("#stage > .image, #results");
  stage?.scrollIntoView({ block: "nearest", behavior: prefersReducedMotion() ? "auto" : "smooth" });
}

const state = (): PageAddress => new URL(location.href).searchParams;

/** Keys that are no options. */
const NOT_OPTIONS = ["on", "model", "new"];

export const optionsOf = (state: PageAddress): Record<string, string> =>
  Object.fromEntries([...state].filter(([name]) => !NOT_OPTIONS.includes(name)));

/** The form's address, without empty and default fields. */
function urlOf(form: HTMLFormElement): URL {
  const url = new URL(form.action);
  const data = new FormData(form);
  const hasColours = data.get("background") !== "#000000" || data.get("foreground") !== "#ffffff";
  for (const [name, value] of data) {
    if (typeof value !== "string" || value === "") continue;
    if (name === "clear") url.searchParams.set("background", "transparent");
    else if (name === "background" || name === "foreground") {
      if (hasColours) url.searchParams.set(name, value.slice(1));
    } else if (!isNeutral(form, name, value)) url.searchParams.set(name, value);
  }
  if (url.search === "") url.searchParams.set("model", form.dataset.model ?? ""); // without a query it may be another model's (FIRST_LOOK)
  url.hash = location.hash;
  return url;
}

const isNeutral = (form: HTMLFormElement, name: string, value: string): boolean =>
  form.querySelector<HTMLElement>(`[name="${name}"]`)?.dataset.default === value;

function showValue(range: HTMLInputElement): void {
  const output = document.querySelector<HTMLOutputElement>(`output[for="${range.id}"]`);
  if (output) output.value = range.value;
}

function copyFields(from: HTMLFormElement, to: HTMLFormElement): void {
  to.dataset.operation = from.dataset.operation;
  for (const field of to.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[name]:not(button)")) {
    if (field instanceof HTMLInputElement && ["radio", "checkbox"].includes(field.type)) {
      field.checked = from.querySelector<HTMLInputElement>(`[name="${field.name}"][value="${field.value}"]`)?.checked ?? false;
      continue;
    }
    const other = from.querySelector<HTMLInputElement | HTMLSelectElement>(`[name="${field.name}"]`);
    if (!other) continue;
    if (field instanceof HTMLSelectElement && ![...field.options].some(({ value }) => value === other.value))
      field.add(new Option(other.value));
    field.value = other.value;
    if (field instanceof HTMLInputElement && field.type === "range") showValue(field);
  }
}

/**
 * Whether the server made the page for this address. Without a network the page may be that of another one
 * (../offline/service-worker.ts).
 */
function isOwnPage(): boolean {
  const made = document.querySelector<HTMLMetaElement>('meta[property="og:url"]');
  return made === null || new URL(made.content).search === location.search;
}

/** Shows an address in the form without the server. */
function fillFields(form: HTMLFormElement, state: PageAddress): void {
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[name]:not(button)")) {
    const value = state.get(field.name);
    if (field instanceof HTMLInputElement && ["radio", "checkbox"].includes(field.type)) field.checked = field.value === (value ?? "");
    else if (value !== null) field.value = value;
    else if (field.dataset.default !== undefined) field.value = field.dataset.default;
    if (field instanceof HTMLInputElement && field.type === "range") showValue(field);
  }
}

/** Takes away what the server made for another address. It comes back with the server. */
function awaitParts(): void {
  find("#problem", HTMLElement).textContent = "";
  for (const part of document.querySelectorAll("[data-live]:not(#problem)")) part.replaceChildren();
  document.querySelector("#links")?.append("Address and code come back with the network.");
}

/** Replaces the `data-live` parts. Open details stay open; images wait for their turn (tiles.ts). */
function exchangeParts(next: Document): void {
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = next.getElementById(part.id);
    if (!other) continue;
    for (const image of other.querySelectorAll<HTMLImageElement>(".tiles img[src], .tiles[data-live] img[src]")) wait(image);
    if (other.classList.contains("tiles")) for (const image of other.querySelectorAll<HTMLImageElement>("img[src]")) wait(image);
    const open = [...part.querySelectorAll("details")].map((details) => details.open);
    for (const [i, details] of other.querySelectorAll("details").entries()) details.open = open[i] ?? false;
    part.replaceWith(other);
  }
}

function wait(image: HTMLImageElement): void {
  image.dataset.src = image.getAttribute("src") ?? "";
  image.removeAttribute("src");
}

/** The page; a sentence for visitors if the server fails; undefined without a network. */
async function pageAt(url: string, signal: AbortSignal): Promise<Document | string | undefined> {
  try {
    const response = await fetch(url, { signal });
    const text = await response.text();
    const page = new DOMParser().parseFromString(text, "text/html");
    return page.getElementById("controls") ? page : "The server failed. Try again in a moment.";
  } catch {
    return undefined;
  }
}
