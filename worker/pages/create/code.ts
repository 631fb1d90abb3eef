/** The address of an image and the code that shows it, where it is an image of a seed. */
import { escapeHtml } from "../../../wasm-model/schema/text.ts";
import { OPTION_ATTRIBUTES } from "../../element/attributes.ts";

export interface ShownCode {
  readonly title: string;
  readonly code: string;
}

/** `server`: the address of the site, with a slash at its end. `file`: that of the model. `isServed`: whether a service draws too. */
export interface CodePlace {
  readonly server: string;
  readonly file: string;
  readonly isServed: boolean;
  /** The model's name, if it is not the site's first. */
  readonly model?: string | undefined;
}

/** The options of an image -> its code, by title. Where the widget lacks an option, no code of the widget. */
export function codeFor(
  options: Readonly<Record<string, string | number | undefined>>,
  { server, file, isServed, model }: CodePlace,
): ShownCode[] {
  const asked = Object.entries(options).map(([name, value]) => [name, String(value)] as const);
  const address = `${server}sample?${new URLSearchParams([...(model === undefined ? [] : [["model", model]]), ...asked.map(([name, value]) => [name, value])])}`; // biome-ignore format: one address
  const chosen = model === undefined ? "" : ` model="${isServed ? model : file}"`;
  const names: ReadonlyMap<string, string> = OPTION_ATTRIBUTES;
  const attributes = asked.map(([name, value]) => [names.get(name), value] as const);
  const hasWidget = attributes.every(([name]) => name !== undefined);
  const html = attributes.map(([name, value]) => ` ${name}="${escapeHtml(value)}"`).join("");
  const react = attributes
    .map(([name, value]) => ` ${name}=${/["\\&\n]/.test(value) ? `{${JSON.stringify(value)}}` : `"${value}"`}`)
    .join("");
  const node = asked.map(([name, value]) => `${name}: ${JSON.stringify(typeof options[name] === "number" ? Number(value) : value)}`);
  const { size } = options;
  return [
    ...(isServed
      ? [
          { title: "Address", code: address },
          { title: "<img>, drawn by the server", code: `<img src="${escapeHtml(address)}" alt="" width="${size}" height="${size}">` },
        ]
      : []),
    ...(hasWidget
      ? [
          {
            title: "HTML, drawn by the visitor's device",
            code: `<script type="module" src="${server}embed.js"></script>\n<anneal-sample${chosen}${html}></anneal-sample>`,
          },
          {
            title: "React",
            code: `import { Picture } from "anneal/react";\n\nexport const Image = () => <Picture ${isServed ? `src="${server}"${chosen}` : `model="${file}"`}${react} />;`,
          },
        ]
      : []),
    {
      title: "Node",
      code: `import { writeFile } from "node:fs/promises";
import { loadModel, sample } from "anneal";

const model = await loadModel("${file}");
const image = await sample(model, { ${node.join(", ")} });
await writeFile("image.png", image.png());`,
    },
  ];
}
