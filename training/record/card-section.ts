/** Puts the figures of a measuring command into a model's record, and renders the model's page again. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelCard } from "../../wasm-model/model/card.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { readWholeModel } from "../cli/model-files.ts";
import { UserError } from "../cli/user-error.ts";
import { readme } from "./page.ts";
import { type ModelRecord, RECORD_FILE, readRecord, recordJson } from "./record.ts";

export const PAGE = "README.md";

/** Throws a UserError, before any work, unless the folder holds a model and its record. */
export function expectCard(folder: string): void {
  render(folder, readRecord(folder));
}

/**
 * Reads the record again, as it may have changed during long work; changes it, and writes it with its page. `images`
 * are SVG documents by file name. If the page was edited by hand, `tell` is told where a copy is kept.
 */
export function updateCard(
  folder: string,
  change: (record: ModelRecord) => ModelRecord,
  images: ReadonlyMap<string, string> = new Map(),
  tell: (line: string) => void = console.log,
): void {
  const before = readRecord(folder);
  const record = change(before);
  const page = render(folder, record);
  setEditedPageAside(folder, tell);
  for (const [name, svg] of images) writeFileAtomically(join(folder, name), svg);
  writeFileAtomically(join(folder, RECORD_FILE), recordJson(record));
  writeFileAtomically(join(folder, PAGE), page);
}

/** Keeps a copy of a page that differs from what its record renders, so that nothing written by hand is lost. */
export function setEditedPageAside(folder: string, tell: (line: string) => void): void {
  const path = join(folder, PAGE);
  if (!existsSync(path) || readFileSync(path, "utf8") === renderOrNothing(folder)) return;
  let aside = "README.before.md";
  for (let i = 2; existsSync(join(folder, aside)); i++) aside = `README.before-${i}.md`;
  writeFileAtomically(join(folder, aside), readFileSync(path));
  tell(
    `kept the edited page as ${join(folder, aside)}: the page is rendered from ${RECORD_FILE}, so write your own text into its \`notes\``,
  );
}

function renderOrNothing(folder: string): string | undefined {
  try {
    return render(folder, readRecord(folder));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The page of a record and of the model beside it. */
function render(folder: string, record: ModelRecord): string {
  let card: ModelCard;
  try {
    card = readModel(readWholeModel(join(folder, "model.onnx"))).card;
  } catch (error) {
    throw new UserError(`Expected the model.onnx of an export in \`${folder}\` but ${(error as Error).message}`);
  }
  return readme(card, record);
}

/** Replaces the entry of the same precision, or appends the new one. */
export function withEntry<Entry extends { readonly precision: string }>(entries: readonly Entry[], entry: Entry): Entry[] {
  const place = entries.findIndex(({ precision }) => precision === entry.precision);
  return place < 0 ? [...entries, entry] : entries.with(place, entry);
}
