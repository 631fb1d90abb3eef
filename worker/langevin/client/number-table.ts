import type { TableRow } from "../scene.ts";
import { format } from "./plane-view.ts";

/** Fills a table with rows of numbers. Cells that stay the same are not touched. */
export function tabulate(body: HTMLElement, rows: readonly TableRow[]): void {
  while (body.children.length > rows.length) body.lastElementChild!.remove();
  for (const [i, { label, values, isResult }] of rows.entries()) {
    const row = body.children[i] ?? body.appendChild(document.createElement("tr"));
    row.classList.toggle("result", isResult === true);
    if (row.children.length === 0) {
      const head = document.createElement("th");
      head.scope = "row";
      row.append(head, ...values.map(() => document.createElement("td")));
    }
    for (const [k, text] of [label, ...values.map(format)].entries()) {
      const cell = row.children[k];
      if (cell.textContent !== text) cell.textContent = text;
    }
  }
}
