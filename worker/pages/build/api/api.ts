/** The OpenAPI document of the service, for people. */
import { element, find } from "../../shared/dom.ts";
import { startPage } from "../../shared/page.ts";
import { SERVER } from "../../shared/service.ts";

startPage();

interface Described {
  readonly description?: string;
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly (Described & { readonly name: string; readonly in: string; readonly required?: boolean })[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, Described & { readonly content?: object }>>;
}

/** The parts of our document that the page reads. */
interface ApiDocument {
  readonly info: { readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const status = find("#status", HTMLElement);
try {
  const answer = await fetch(new URL("openapi.json", SERVER));
  if (!answer.ok) throw new Error(`Expected the API's document but received HTTP status ${answer.status}`);
  show((await answer.json()) as ApiDocument);
} catch (error) {
  console.warn(error);
  status.textContent = "The service cannot be reached, so there is no list.";
}

function show({ info, tags, paths }: ApiDocument): void {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
  );
  status.textContent = info.description;
  find("#operations", HTMLElement).replaceChildren(
    ...tags.map(({ name, description }) =>
      element(
        "section",
        {},
        element("h2", {}, `${name[0].toUpperCase()}${name.slice(1)}`),
        element("p", {}, description),
        ...operations.filter(({ operation }) => operation.tags.includes(name)).map(({ route, operation }) => article(route, operation)),
      ),
    ),
  );
}

function article(route: string, { operationId, summary, description, parameters = [], requestBody, responses }: Operation): HTMLElement {
  const parameterRows = parameters.map(({ name, in: place, required, description = "" }) => [
    `\`${name}\``,
    required ? `${place}, required` : place,
    description,
  ]);
  const answerRows = Object.entries(responses).map(([code, answer]) => [
    code,
    Object.keys(answer.content ?? {}).join(", "),
    answer.description ?? "",
  ]);
  const body = requestBody ? [element("p", { className: "note" }, "Takes PNG files as a form; a single one may be the body itself.")] : [];
  return element(
    "article",
    { className: "operation panel", id: operationId },
    element("h3", {}, summary),
    element("p", { className: "route" }, element("code", {}, route)),
    element("p", {}, ...withCode(description)),
    ...body,
    element(
      "details",
      {},
      element("summary", {}, "Parameters and answers", element("span", { className: "unseen" }, ` of ${operationId}`)),
      element("table", {}, element("tbody", {}, ...[...parameterRows, ...answerRows].map(row))),
    ),
  );
}

function row([name, ...cells]: readonly string[]): HTMLElement {
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, ...withCode(name)),
    ...cells.map((cell) => element("td", {}, ...withCode(cell))),
  );
}

/** A text, with <code> in place of backticks. */
function withCode(text: string): (string | HTMLElement)[] {
  return text.split("`").map((part, i) => (i % 2 === 0 ? part : element("code", {}, part)));
}
