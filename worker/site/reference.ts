/** The page at /reference: the OpenAPI document for people, with a form for each operation. */
import { html, raw } from "hono/html";
import type { Html } from "./layout.ts";
import { withCode } from "./parts.ts";

interface ApiSchema {
  readonly enum?: readonly string[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, ApiSchema>>;
}

interface ApiParameter {
  readonly name: string;
  readonly in: "query" | "path";
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly schema: ApiSchema;
}

type ApiContent = Readonly<Record<string, { readonly schema: ApiSchema }>>;

interface ApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly ApiParameter[];
  readonly requestBody?: { readonly content: ApiContent };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: ApiContent }>>;
}

/** The parts of our OpenAPI document that the page reads. */
export interface ApiDocument {
  readonly info: { readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
}

/** `base`: the path that the service is mounted under. */
export function reference({ info, tags, paths }: ApiDocument, base: string): Html {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ base, path, method: method.toUpperCase(), operation })),
  );
  const of = (tag: string) => operations.filter(({ operation }) => operation.tags.includes(tag));
  return html`
    <h1>API reference</h1>
    <p class="lead">${info.description}</p>
    <p>For programs: <a href="${base}/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
    <nav aria-label="Operations"><ul class="contents">${operations.map(
      ({ method, operation: { operationId, summary } }) => html`<li><a href="#${operationId}"><b>${method}</b> ${summary}</a></li>`,
    )}</ul></nav>
    ${tags.map(
      ({ name, description }) => html`<section aria-labelledby="tag-${name}">
      <h2 id="tag-${name}">${name[0].toUpperCase()}${name.slice(1)}</h2>
      <p>${description}</p>
      ${of(name).map(article)}
    </section>`,
    )}`;
}

interface ReferenceEntry {
  readonly base: string;
  readonly path: string;
  readonly method: string;
  readonly operation: ApiOperation;
}

function article({ base, path, method, operation }: ReferenceEntry): Html {
  const { operationId, summary, description, parameters = [], responses } = operation;
  return html`<article class="operation" id="${operationId}">
    <h3>${summary}</h3>
    <p class="route"><b>${method}</b> <code>${path}</code></p>
    <p>${withCode(description)}</p>
    <details>
      <summary>Parameters and answers<span class="unseen"> of ${operationId}</span></summary>
      ${parameters.length === 0 ? "" : html`<dl class="options">${parameters.map(parameterRow)}</dl>`}
      <dl class="options">${Object.entries(responses).map(
        ([status, answer]) =>
          html`<div><dt>${status}</dt><dd>${withCode(answer.description)}</dd><dd class="note">${Object.keys(answer.content ?? {}).join(", ")}</dd></div>`,
      )}</dl>
    </details>
    ${tryOut({ base, path, method, operation })}
  </article>`;
}

const parameterRow = ({ name, in: place, required, description = "" }: ApiParameter): Html =>
  html`<div><dt><code>${name}</code></dt><dd>${withCode(description)}</dd><dd class="note">${place}${required ? ", required" : ""}</dd></div>`;

/**
 * The form that the script sends. It is put in place when it is opened, because browsers lay out even what closed
 * details contain.
 */
function tryOut({ base, path, method, operation }: ReferenceEntry): Html {
  const { operationId, parameters = [], requestBody } = operation;
  const files = Object.keys(requestBody?.content["multipart/form-data"]?.schema.properties ?? {});
  return html`<details class="scripted">
    <summary>Try it out<span class="unseen">: ${operationId}</span></summary>
    <template><form class="try" data-method="${method}" data-path="${base}${path}">
      <div class="fields">${parameters.map(field)}${files.map((name) => html`<label>${name} <input type="file" name="${name}" accept="image/png" required></label>`)}</div>
      <div class="buttons"><button type="submit" class="primary">Send<span class="unseen"> ${operationId}</span></button></div>
      <div class="answer" role="status"></div>
    </form></template>
  </details>`;
}

function field({ name, in: place, required, example, schema }: ApiParameter): Html {
  const { examples } = schema;
  const value = required ? String(example ?? examples?.[0] ?? "") : "";
  const attributes = raw(` name="${name}" data-in="${place}"${required ? " required" : ""}`);
  if (schema.enum) {
    const choices = required ? schema.enum : ["", ...schema.enum];
    return html`<label>${name} <select${attributes}>${choices.map((choice) => html`<option${choice === value ? raw(" selected") : ""}>${choice}</option>`)}</select></label>`;
  }
  return html`<label>${name} <input type="text"${attributes} value="${value}" placeholder="${String(examples?.[0] ?? "")}" autocomplete="off" spellcheck="false"></label>`;
}
