/**
 * The page at /repaint: operations on an image. A part of it is repainted, the whole is varied, or its noise is
 * removed.
 */
import { html, raw } from "hono/html";
import { type Operation, optionsOf } from "../../wasm-model/index.ts";
import { nativeShape } from "../../wasm-model/model/card.ts";
import {
  classField,
  drawButtons,
  guidanceField,
  modelField,
  numberField,
  placeField,
  problemLine,
  samplerField,
  select,
  stepsField,
  temperatureField,
  textField,
} from "./controls.ts";
import type { Html } from "./layout.ts";
import { PIXEL_SWITCH } from "./parts.ts";
import { givenOptions, loadCode, optionCode, snippet } from "./snippets.ts";
import { address, type PageOptions, type PageState } from "./state.ts";

/** By value of the page's key `do`: the name shown, and the path below /v1/{model}. */
const OPERATIONS = {
  inpaint: { name: "Repaint a part", path: "inpaint" },
  vary: { name: "Vary the whole", path: "variations" },
  denoise: { name: "Remove noise", path: "denoise" },
} as const satisfies Partial<Record<Operation, { name: string; path: string }>>;

export type RepaintOperation = keyof typeof OPERATIONS;
export const REPAINT_OPERATIONS = Object.keys(OPERATIONS) as RepaintOperation[];

export const operationOf = ({ do: operation = "inpaint" }: PageState["own"]): RepaintOperation => operation as RepaintOperation;

export function optionsFor(operation: RepaintOperation, options: PageOptions): Partial<PageOptions> {
  const names: readonly string[] = optionsOf(operation);
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));
}

/** Four results to come. */
const ROOM = raw(`<li class="room"><span></span></li>`.repeat(4));

export function repaint(state: PageState): Html {
  const { options, own, model } = state;
  const operation = operationOf(own);
  const { width, height, channels } = nativeShape(model.card);
  return html`
    <div class="title"><h1>Repaint</h1><p class="lead">Start from an image (one of ours, one of yours, or one that you draw here) and let the network do the rest.</p></div>
    <div class="bench">
      ${editor(width, height)}
      <section class="before scripted" aria-labelledby="results-title">
        <h2 id="results-title" class="unseen">Results</h2>
        <p id="sheet-problem" role="alert" class="problem"></p>
        <ul id="results" class="tiles results">${ROOM}</ul>
        <div class="progress"><progress id="progress" aria-label="Drawing" hidden></progress> <button type="button" id="cancel" hidden>Cancel</button></div>
        <p id="status" role="status" class="note"></p>
      </section>
      <form action="${state.base}/repaint" method="get" id="controls" data-model="${model.name}" data-operation="${operation}" data-width="${width}" data-height="${height}" data-channels="${channels}">
        ${problemLine(state)}
        ${select(
          "What to do",
          "do",
          operation === "inpaint" ? "" : operation,
          REPAINT_OPERATIONS.map((value) => ({ value: value === "inpaint" ? "" : value, text: OPERATIONS[value].name })),
        )}
        ${modelField(state)}
        ${textField("Seed of the image", "from", own.from ?? "")}
        ${textField("Seed of the results", "seed", options.seed)}
        ${classField(state, "none")}
        <div class="only-vary">${numberField(state, "How far it may differ", "strength", {})}</div>
        <div class="only-denoise">${numberField(state, "Noise σ in the image", "sigma", { min: 0.01, max: 2 })}</div>
        <details><summary>More options</summary><div class="fields">${samplerField(state)} ${stepsField(state)} ${temperatureField(state)} ${guidanceField(state)}</div></details>
        ${drawButtons("Repaint")} ${placeField(state)}
      </form>
      <div class="unscripted after">${plainForms(state)}</div>
    </div>
    <section aria-labelledby="take-title">
      <h2 id="take-title">The same in code</h2>
      <p class="scripted downloads">Download: <a id="download-image" download="image.png">the image</a> <a id="download-mask" class="only-inpaint" download="mask.png">the mask</a></p>
      ${inputsCode(state, operation)}
    </section>`;
}

function editor(width: number, height: number): Html {
  const tool = (value: string, name: string, only: string, checked = false) =>
    html`<label class="${only}"><input type="radio" name="tool" value="${value}"${checked ? raw(" checked") : ""}> ${name}</label>`;
  return html`<div class="editor scripted">
    <div id="editor" class="image" role="application" tabindex="0" aria-label="The image, ${width} by ${height} pixels" aria-describedby="editor-help"><canvas id="canvas" width="${width}" height="${height}"></canvas></div>
    <div class="tools">
      <button type="button" id="touch" aria-pressed="false" hidden>Paint with a finger</button>
      <fieldset id="tools" class="switch"><legend>Brush</legend>
        ${tool("open", "repaint", "only-inpaint", true)} ${tool("keep", "protect", "only-inpaint")} ${tool("light", "light", "")} ${tool("dark", "dark", "")}
      </fieldset>
      <label>Width <select id="brush"><option>1</option><option>3</option><option selected>5</option><option>9</option></select></label>
      <div class="buttons">
        <button type="button" id="clear" class="only-inpaint">Protect all</button>
        <button type="button" id="invert" class="only-inpaint">Invert</button>
        <button type="button" id="blank">Blank image</button>
      </div>
      <label>Your own image <input type="file" id="file" accept="image/*" autocomplete="off"></label>
      ${PIXEL_SWITCH}
      <output id="cursor"></output>
    </div>
    <p id="editor-help" class="note"><span class="only-inpaint">The network repaints what is striped and leaves the rest unchanged, to the byte. </span>Paint with a mouse or a pen, with a finger once you press the button for it, or with the arrow keys (Shift: four pixels) and the space bar. P lowers the brush, so that moving paints; P again lifts it.</p>
  </div>`;
}

/** Without JavaScript, forms send files to the API itself, which answers with the image. */
function plainForms({ base, model, options }: PageState): Html {
  const action = (operation: RepaintOperation) =>
    base + address(`/v1/${model.name}/${OPERATIONS[operation].path}`, { ...optionsFor(operation, options) });
  const file = (name: string, label: string) =>
    html`<label>${label} <input type="file" name="${name}" accept="image/png" required></label>`;
  const { width, height } = nativeShape(model.card);
  return html`<p>The editor needs JavaScript. Without it, send PNG files of ${width} × ${height} pixels:</p>
    <form method="post" enctype="multipart/form-data" action="${action("inpaint")}">
      ${file("image", "Image")} ${file("mask", "Mask: white is repainted")} <button type="submit">${OPERATIONS.inpaint.name}</button>
    </form>
    <form method="post" enctype="multipart/form-data" action="${action("vary")}">
      ${file("image", "Image")} <button type="submit">${OPERATIONS.vary.name}</button> <button type="submit" formaction="${action("denoise")}">${OPERATIONS.denoise.name}</button>
    </form>`;
}

/** How to do the same in a terminal and in a program, with the files that the page offers. */
export function inputsCode(state: PageState, operation: RepaintOperation): Html {
  const { model, origin, options, problem } = state;
  if (problem !== undefined) return html`<div id="links" data-live></div>`;
  const taken = optionsFor(operation, options);
  const url = origin + address(`/v1/${model.name}/${OPERATIONS[operation].path}`, taken);
  const files = operation === "inpaint" ? ["image", "mask"] : ["image"];
  const names = { image: "image.png", mask: "mask.png" } as Record<string, string>;
  const { width, height, channels } = nativeShape(model.card);
  const given = givenOptions({ options: taken }).map(optionCode);
  const shape = (field: string) => `{ width: ${width}, height: ${height}, channels: ${field === "mask" ? 1 : channels} }`;
  const program = [
    'import { readFile } from "node:fs/promises";',
    `import { decodeUpload, ${operation}, loadModel } from "anneal";`,
    "",
    loadCode(state),
    ...files.map((field) => `const ${field} = decodeUpload(await readFile("${names[field]}"), ${shape(field)});`),
    `const drawn = await ${operation}(model, { ${[...given, ...files].join(", ")} });`,
    "drawn.pixels; // bytes, row by row",
  ];
  return html`<div id="links" data-live class="links">
    ${snippet("Terminal", `curl ${files.map((field) => `-F ${field}=@${names[field]}`).join(" ")} "${url}" -o drawn.png`)}
    ${snippet("TypeScript", program.join("\n"))}
  </div>`;
}
