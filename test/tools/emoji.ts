/**
 * `npm run tool -- emoji`: a folder of small colour images to try training with: emoji in three classes, in the styles
 * of icon sets whose licences allow it (Apache 2.0, MIT and CC BY 4.0). A subject, such as a cook, is in `train/` or in
 * `test/` with all of its styles, so that no style of a held-out subject was seen in training.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import { type Drawn, drawInto, makeEmptyFolder } from "./image-folder.ts";
import { installTools, toolPath } from "./install.ts";

/** Icon sets of Iconify, of which the first one names the subjects. */
const STYLES = ["noto", "noto-v1", "fluent-emoji-flat", "fxemoji", "twemoji", "emojione"];

const oneOf = (words: string): string => `(${words.split(" ").join("|")})`;

const ANIMALS = oneOf("cat cow dog dragon horse monkey mouse pig rabbit tiger");
const HEADS = oneOf(
  "bear boar chicken deer fox frog front-facing-baby-chick hamster koala lion moose panda polar-bear unicorn wolf see-no-evil-monkey hear-no-evil-monkey speak-no-evil-monkey cat-with-tears-of-joy cat-with-wry-smile crying-cat grinning-cat grinning-cat-with-smiling-eyes kissing-cat pouting-cat smiling-cat-with-heart-eyes weary-cat",
);

/** Of people heads and busts, in all skin tones. */
const SKIN = "(-(light|medium-light|medium|medium-dark|dark)-skin-tone)?";
const LOOKS = oneOf(
  "bald beard blond-hair curly-hair red-hair white-hair frowning pouting in-tuxedo with-veil wearing-turban with-crown with-skullcap with-headscarf",
);
const ROLES = oneOf(
  "artist astronaut construction-worker cook detective elf factory-worker farmer firefighter guard health-worker judge mage mechanic ninja office-worker pilot police-officer scientist singer student superhero supervillain teacher technologist vampire",
);
const OTHERS = oneOf("boy girl child baby baby-angel old-man old-woman older-person prince princess santa-claus mrs-claus mx-claus");

/** The subjects of each class: heads that look at you. What they have in common can be learned in an hour. */
const CLASSES: Readonly<Record<string, RegExp>> = {
  animal: new RegExp(`^(${ANIMALS}-face|${HEADS})$`),
  face: new RegExp(
    `^((?!${ANIMALS}-)([a-z-]+-)?face(-[a-z-]+)?|alien|exploding-head|ghost|goblin|ogre|robot|rolling-on-the-floor-laughing|skull|star-struck)$`,
  ),
  person: new RegExp(`^((person|man|woman)(-${LOOKS})?|((man|woman)-)?${ROLES}|${OTHERS})${SKIN}$`),
};

/** What a subject has in common with those of other genders and skin tones. */
const roleOf = (subject: string): string => subject.replace(new RegExp(`${SKIN}$`), "").replace(/^(man|woman|person)-/, "");

/** One subject in this many is held out. */
const HELD_OUT = 12;

interface IconSet {
  readonly icons: Readonly<Record<string, { readonly body: string; readonly width?: number; readonly height?: number }>>;
  readonly width?: number;
  readonly height?: number;
}

const read = <T>(style: string, file: string): T => JSON.parse(readFileSync(toolPath(`@iconify-json/${style}/${file}`), "utf8")) as T;

/** Sets spell the same name with hyphens or without, and skin tones with these words or without. */
const plain = (name: string): string => name.replace(/-skin-tone$/, "").replaceAll("-", "");

/** A whole SVG file of an icon, by its plain name. */
function iconsOf(style: string): ReadonlyMap<string, string> {
  const { icons, width = 16, height = 16 } = read<IconSet>(style, "icons.json");
  const svg = (icon: IconSet["icons"][string]): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 ${icon.width ?? width} ${icon.height ?? height}">${icon.body}</svg>`;
  return new Map(Object.entries(icons).map(([name, icon]) => [plain(name), svg(icon)]));
}

function allIcons(): Drawn[] {
  const styles = STYLES.map((style) => [style, iconsOf(style)] as const);
  const subjects = Object.values(
    read<{ readonly categories: Readonly<Record<string, readonly string[]>> }>(STYLES[0], "metadata.json").categories,
  ).flat();
  return Object.entries(CLASSES).flatMap(([label, names]) =>
    subjects
      .filter((subject) => names.test(subject))
      .flatMap((subject) => {
        const split =
          Number.parseInt(sha256Hex(new TextEncoder().encode(roleOf(subject))).slice(0, 8), 16) % HELD_OUT === 0 ? "test" : "train";
        return styles.flatMap(([style, icons]) => {
          const svg = icons.get(plain(subject));
          return svg === undefined ? [] : [{ path: `${split}/${label}/${subject}.${style}.png`, svg }];
        });
      }),
  );
}

interface Licensed {
  readonly name: string;
  readonly author: { readonly name: string; readonly url: string };
  readonly license: { readonly title: string; readonly url: string };
}

interface Flags {
  readonly out: string;
  readonly size: number;
}

function commandLine(argv: readonly string[]): Flags {
  return newCommand("tool emoji")
    .description(`Draws emoji in three classes (${Object.keys(CLASSES).join(", ")}), as a folder of PNG files: data to try training with.`)
    .requiredOption("--out <folder>", "where they go: a new or empty folder")
    .option("--size <n>", "width and height in pixels", numberIn("size", 16, 128), 64)
    .parse(argv)
    .opts<Flags>();
}

await runCommandLine(async () => {
  const { out, size } = commandLine(process.argv);
  makeEmptyFolder(out);
  installTools();
  const icons = allIcons();
  await drawInto(out, icons, size);
  const licences = STYLES.map((style) => {
    const { name, author, license } = read<Licensed>(style, "info.json");
    return `${name}, ${author.name} (${author.url}): ${license.title}, ${license.url}\n`;
  });
  writeFileSync(join(out, "LICENCES.txt"), licences.join(""));
  console.log(`wrote ${icons.length} images of ${size}x${size} pixels to ${out}; LICENCES.txt names their sets and licences`);
});
