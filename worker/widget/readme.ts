/** README.md of this folder, from the table. */
import { ATTRIBUTE_TABLE, MEMBER_TABLE, type ReferenceTable, STYLE_TABLE } from "./reference-tables.ts";
import { pagePolicy, TRUSTED_TYPES_POLICY } from "./table.ts";

const SERVER = "https://your-worker.example";

export function readme(): string {
  return `<!-- Made from table.ts by readme.ts: \`npx vitest run --project browser test/widget/table.test.ts -u\` writes it. -->

# \`<anneal-sample>\`

One image, drawn on the visitor's device, or by the server where the device cannot.

\`\`\`html
<script type="module" src="${SERVER}/embed.js"></script>
<anneal-sample seed="alice" label="Sneaker" loading="lazy">
  <img src="${SERVER}/sample?seed=alice&amp;class=Sneaker" alt="" />
</anneal-sample>
\`\`\`

The child is optional: it is shown until the device has drawn, and where there is no script.

## Attributes

Each has a property of the same name, or of the name in brackets.

${table(ATTRIBUTE_TABLE)}

## Properties, methods and events

The element sets no attribute of its own. A seed that it chose stays in the property \`seed\`. In a form the seed is the element's value.

${table(MEMBER_TABLE)}

Events do not bubble; listeners of the capturing phase hear them. The types are in \`${SERVER}/assets/embed.d.ts\`: put the file where your tsconfig.json sees it. Editors
read \`${SERVER}/assets/custom-elements.json\`. The script may be imported where there is no DOM, and does nothing there.

React has \`Picture\` of \`anneal/react\`, with types for the element too. Vue sets these attributes and properties as they are.

## Styles

${table(STYLE_TABLE)}

The element is 112 px wide, or as wide as \`size\` says; your own \`inline-size\` wins. For people who prefer reduced motion nothing moves.

## What a page must allow

A Content-Security-Policy must allow the following. If it does not allow drawing on the device, the widget shows the server's image (\`img-src\`):

\`\`\`text
${pagePolicy(SERVER).join(";\n")}
\`\`\`

Its one Trusted Types policy is called \`${TRUSTED_TYPES_POLICY}\`. Pages that isolate themselves (COOP and COEP) may embed it.

## What it loads, and keeps

The script is small; the engine and the model come once per page, when the first element is drawn, and one Web Worker draws for all elements, visible ones first.
Both have addresses that name their versions and are kept in the page's Cache API (\`anneal\`), checked each time: after the first visit a page draws without the server. A
model that has a new version is fetched again as soon as the server answers. Without TLS there is no Cache API, only the browser's own cache.
`;
}

/** Columns are as wide as their widest cell. */
export function table({ head, rows }: ReferenceTable): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row: readonly string[], fill = " ") => `| ${row.map((cell, column) => cell.padEnd(widths[column], fill)).join(" | ")} |`;
  const [first, ...others] = cells;
  return [
    line(first),
    line(
      head.map(() => ""),
      "-",
    ),
    ...others.map((row) => line(row)),
  ].join("\n");
}
