/** One HTML file that draws with a model: it opens from a disk, without any server, and may load nothing. */
import { sha256, toBase64 } from "../../../wasm-model/schema/bytes.ts";
import type { Outcome } from "./protocol.ts";

const STYLE = `
:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
body { display: grid; gap: 1rem; max-width: 32rem; margin: 2rem auto; padding: 0 1rem; }
anneal-sample { inline-size: 100%; }
p { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 0; }
input { flex: 1; }
input, select, button { min-height: 2.75rem; padding: 0 0.75rem; font: inherit; }
`;

const SCRIPT = `
const find = (selector) => document.querySelector(selector);
const [image, name, label] = ["anneal-sample", "#name", "#label"].map(find);
image.model = "data:application/octet-stream;base64," + find("#model").textContent; // no thread of a page from a disk reads its blobs
const draw = () => Object.assign(image, { seed: name.value || "1", label: label?.value || null });
name.addEventListener("input", draw);
label?.addEventListener("change", draw);
find("button").addEventListener("click", async () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await image.toBlob());
  link.download = (name.value || "1") + ".png";
  link.click();
});
draw();
`;

/** Width of its images, in those of the model. */
const TIMES = 16;

/** `element`: the script of the custom element. */
export function pageFor({ name, labels, shape, model }: Outcome, element: string): string {
  const scripts = [element, SCRIPT].map((script) => script.replaceAll("</script", "<\\/script"));
  const hashes = (all: readonly string[]): string =>
    all.map((text) => `'sha256-${toBase64(sha256(new TextEncoder().encode(text)))}'`).join(" ");
  const policy = [
    "default-src 'none'",
    `script-src ${hashes(scripts)} 'wasm-unsafe-eval'`,
    `style-src ${hashes([STYLE])}`,
    "worker-src blob:",
    "connect-src data:",
  ].join("; ");
  const options = ["", ...labels].map((label) => `<option value="${escapeHtml(label)}">${escapeHtml(label || "any")}</option>`).join("");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(name)}</title>
<style>${STYLE}</style>
<h1>${escapeHtml(name)}</h1>
<anneal-sample size="${TIMES * shape.width}"></anneal-sample>
<p><label for="name">Name</label> <input id="name" value="alice" autocomplete="off" spellcheck="false">${labels.length > 1 ? `<select id="label" aria-label="Class">${options}</select>` : ""}<button type="button">Save</button></p>
<script type="text/plain" id="model">${toBase64(model)}</script>
${scripts.map((script) => `<script type="module">${script}</script>`).join("\n")}
</html>
`;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", '"': "&quot;" };
const escapeHtml = (text: string): string => text.replaceAll(/[&<"]/g, (sign) => ESCAPES[sign]);
