/**
 * Makes the page's form live: whenever a control changes, the server renders the page for it and the grid is exchanged. So there is one way to draw a grid, with and
 * without script. Also shows the number under the slider and copies snippets.
 */

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

/** Exchanges grid, seed and message by those of the page at `url`; a newer call overtakes an older one. */
async function show(url: URL): Promise<void> {
  latest.abort();
  latest = new AbortController();
  const { signal } = latest;
  try {
    const response = await fetch(url, { signal });
    const next = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const id of ["samples", "problem"]) document.getElementById(id)?.replaceWith(next.getElementById(id) ?? "");
    find("[name=seed]", HTMLInputElement).value = find("[name=seed]", HTMLInputElement, next).value;
    history.replaceState(null, "", response.url);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** The element that the page is sure to have. */
function find<T extends Element>(selector: string, type: new () => T, within: ParentNode = document): T {
  const element = within.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`Expected a ${type.name} at ${selector}`);
  return element;
}
