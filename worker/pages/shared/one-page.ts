/**
 * One file that draws: a page with a model, the element and a field for a name in it. It opens from a disk, without any server;
 * its policy lets it reach nothing else.
 */
import { sha256 } from "../../../wasm-model/sampling/sha256.ts";
import { toBase64 } from "../../../wasm-model/schema/bytes.ts";
import { SERVER } from "./service.ts";

export interface SavedModel {
  readonly name: string;
  readonly labels: readonly string[];
  /** The model's file. */
  readonly model: Uint8Array<ArrayBuffer>;
}

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { display: grid; gap: 1rem; justify-items: center; padding: 2rem 1rem; }
anneal-sample { inline-size: min(20rem, 90vw); }
form { display: flex; flex-wrap: wrap; gap: 0.5rem; justify-content: center; }
input, select, button { font: inherit; padding: 0.25rem 0.75rem; }`;

/** The page's own script. */
const SCRIPT = `
const [sample, name, label] = ["anneal-sample", "#name", "#label"].map((one) => document.querySelector(one));
const draw = () => Object.assign(sample, { seed: name.value || "1", label: label?.value || null });
for (const field of [name, label]) field?.addEventListener("input", draw);
document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const href = URL.createObjectURL(await sample.toBlob());
  Object.assign(document.createElement("a"), { href, download: (name.value || "1") + ".png" }).click();
});`;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const hashOf = (text: string): string => `'sha256-${toBase64(sha256(new TextEncoder().encode(text)))}'`;

/** The text of the page. `element`: the script of the element. */
export function onePage({ name, labels, model }: SavedModel, element: string): string {
  const scripts = [element.replaceAll("</script", "<\\/script"), SCRIPT];
  const options = labels.map((label) => `<option>${escaped(label)}</option>`).join("");
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(hashOf).join(" ")} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(STYLE)}`,
    "worker-src blob:",
    "connect-src data:", // the model
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">
<title>${escaped(name)}</title>
<style>${STYLE}</style>
<h1>${escaped(name)}</h1>
<anneal-sample seed="1" alt="What the name draws" model="data:application/octet-stream;base64,${toBase64(model)}"></anneal-sample>
<form>
<input id="name" aria-label="Name" placeholder="A name" autocomplete="off">
${labels.length > 1 ? `<select id="label" aria-label="Class"><option value="">any</option>${options}</select>\n` : ""}<button>Save</button>
</form>
<script type="module">${scripts[0]}</script>
<script type="module">${SCRIPT}</script>
</html>
`;
}

/** The page as a file. Throws an Error where the element's script cannot be had. */
export async function onePageFile(model: SavedModel): Promise<Blob> {
  const answer = await fetch(new URL("element.js", SERVER));
  if (!answer.ok) throw new Error(`Expected the element's script but received HTTP status ${answer.status}`);
  return new Blob([onePage(model, await answer.text())], { type: "text/html" });
}
