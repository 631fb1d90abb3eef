/** Puts what a measuring command printed into a model's card: a section of README.md with that command, the text and pictures. An export begins a new card without them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commandOf } from "../export/run-record.ts";
import { UserError } from "../user-error.ts";
import { writeFileAtomically } from "../write-file.ts";

export interface CardSection {
  readonly title: string;
  /** The verb and its arguments. */
  readonly verb: string;
  readonly args: readonly string[];
  readonly text: string;
  /** SVG documents by file name, written beside the card. */
  readonly pictures?: ReadonlyMap<string, string>;
}

/** Throws a UserError, before any work, unless the folder holds a card. */
export function readCardPage(folder: string): string {
  try {
    return readFileSync(join(folder, "README.md"), "utf8");
  } catch (error) {
    throw new UserError(`Expected the folder of an exported model for \`card\` but ${(error as Error).message}`);
  }
}

/** The section takes the place of the one with its title, or comes last. */
export function writeCardSection(folder: string, { title, verb, args, text, pictures = new Map() }: CardSection): void {
  const body = [
    `## ${title}`,
    ["```sh", commandOf(verb, args), "```"].join("\n"),
    ["```text", text, "```"].join("\n"),
    ...[...pictures.keys()].map((name) => `![${title}](${name})`),
  ].join("\n\n");
  const sections = readCardPage(folder)
    .trimEnd()
    .split(/\n\n(?=## )/);
  const place = sections.findIndex((section) => section.startsWith(`## ${title}\n`));
  if (place < 0) sections.push(body);
  else sections[place] = body;
  for (const [name, svg] of pictures) writeFileAtomically(join(folder, name), svg);
  writeFileAtomically(join(folder, "README.md"), `${sections.join("\n\n")}\n`);
}
