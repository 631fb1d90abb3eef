/**
 * Packages with pictures that may go into weights which are given away. Left out: share-alike licences, brands' logos and
 * whatever states no licence. OpenMoji is left out too: its pictures test the base.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installPackages } from "../tools/install.ts";

/** Installs the packages of this folder. */
export const installLab = (): void => installPackages(import.meta.dirname);

/** The path of a file in one of them. */
export const labPath = (path: string): string => join(import.meta.dirname, "node_modules", path);

export interface Pack {
  readonly licence: string;
  readonly author: string;
  /** Pictures of each icon, with different grounds and framings. */
  readonly times: number;
  /** The class of its icons; emoji are divided by category. */
  readonly kind?: string;
}

/** In `@iconify-json/`. */
export const PACKS: Readonly<Record<string, Pack>> = {
  noto: { licence: "Apache-2.0", author: "Google Inc", times: 4 },
  "noto-v1": { licence: "Apache-2.0", author: "Google Inc", times: 4 },
  "fluent-emoji": { licence: "MIT", author: "Microsoft Corporation", times: 4 },
  "fluent-emoji-flat": { licence: "MIT", author: "Microsoft Corporation", times: 4 },
  fxemoji: { licence: "Apache-2.0", author: "Mozilla", times: 4 },
  twemoji: { licence: "CC-BY-4.0", author: "Twitter, Inc and other contributors", times: 4 },
  emojione: { licence: "CC-BY-4.0", author: "Emoji One", times: 4 },
  "streamline-emojis": { licence: "CC-BY-4.0", author: "Streamline", times: 4 },
  "circle-flags": { licence: "MIT", author: "HatScripts", times: 2, kind: "flag-round" },
  flag: { licence: "MIT", author: "Panayiotis Lipiridis", times: 2, kind: "flag" },
  "flat-color-icons": { licence: "MIT", author: "Icons8", times: 5, kind: "icon" },
  "fluent-color": { licence: "MIT", author: "Microsoft Corporation", times: 4, kind: "icon" },
  "game-icons": { licence: "CC-BY-3.0", author: "Lorc, Delapouite and contributors (game-icons.net)", times: 2, kind: "silhouette" },
  meteocons: { licence: "MIT", author: "Bas Milius", times: 4, kind: "weather" },
};

const CATEGORIES: Readonly<Record<string, string>> = {
  Activities: "emoji-activity",
  Activity: "emoji-activity",
  "Animals & Nature": "emoji-animal",
  "Animals Nature": "emoji-animal",
  Flags: "flag",
  Food: "emoji-food",
  "Food & Drink": "emoji-food",
  "Food Drink": "emoji-food",
  Nature: "emoji-animal",
  Objects: "emoji-object",
  People: "emoji-person",
  "People & Body": "emoji-person",
  Places: "emoji-place",
  "Smileys & Emotion": "emoji-face",
  Symbols: "emoji-symbol",
  Travel: "emoji-place",
  "Travel & Places": "emoji-place",
  "Travel Places": "emoji-place",
};

const LOGOS =
  /^(android-os|bbc|cd-logo|debian|dribbble|dvd-logo|google|icons8-cup|ipad|iphone|kindle|linux|nook|phone-android|reddit|steam|stumbleupon|tablet-android|vlc|wi-fi-logo|wikipedia|balkenkreuz|bird-twitter|bat-leth|bat-mask|batwing-emblem|apple-logo|.*swastika.*)$/;

/** Emoji are drawn in six skin tones: one in twelve of the others is enough. */
const TONE = /(^|-)(medium|light|dark)(-|$)/;

export interface Icon {
  readonly pack: string;
  readonly name: string;
  readonly label: string;
  /** The inside of an SVG document, and its view box. */
  readonly body: string;
  readonly box: string;
}

const readJson = (pack: string, file: string) => JSON.parse(readFileSync(labPath(`@iconify-json/${pack}/${file}.json`), "utf8"));
const bare = (name: string): string => name.replace(/-/g, "");

/** All icons of all packs that are wanted, each with its class. */
export function allIcons(): Icon[] {
  const known = new Map<string, string>();
  const categoriesOf = (pack: string): [string, readonly string[]][] => Object.entries(readJson(pack, "metadata").categories ?? {});
  for (const pack of ["twemoji", "noto-v1", "fluent-emoji-flat", "noto"]) {
    for (const [category, names] of categoriesOf(pack)) for (const name of names) known.set(bare(name), CATEGORIES[category]);
  }
  return Object.entries(PACKS).flatMap(([pack, { kind }]) => {
    const categories = new Map(categoriesOf(pack).flatMap(([category, names]) => names.map((name) => [name, CATEGORIES[category]])));
    const { icons, width: usual = 16, height: tall = usual } = readJson(pack, "icons");
    const seen = new Set<string>();
    return Object.keys(icons)
      .sort()
      .flatMap((name, i): Icon[] => {
        const { body, width = usual, height = tall, hidden } = icons[name];
        const isRepeated =
          seen.has(body) || (pack === "fluent-color" && !name.endsWith("-24")) || (pack === "flag" && name.endsWith("-4x3"));
        seen.add(body);
        if (hidden || isRepeated || LOGOS.test(name) || /<text/.test(body)) return [];
        if (kind === undefined && TONE.test(name) && i % 12 !== 0) return [];
        const label = kind ?? known.get(bare(name)) ?? categories.get(name) ?? "emoji-object";
        return [{ pack, name, label, body, box: `0 0 ${width} ${height}` }];
      });
  });
}

/** DiceBear's styles in the public domain, but for those that write letters, which depend on the machine's fonts. */
export const AVATAR_STYLES = [
  ...["blobs", "cameo", "clay", "constellation", "critters", "cutouts", "disco", "gaze", "glass", "identicon", "landscape", "line-face"],
  ...["loops", "lorelei", "lorelei-neutral", "marbles", "moods", "notionists", "notionists-neutral", "open-peeps", "patchwork"],
  ...["pixel-art", "pixel-art-neutral", "pixelbot", "planets", "rings", "shadows", "shape-grid", "shapes", "slice", "sprouts"],
  ...["squircles", "stack", "stripes", "thumbs", "triangles", "voxel-art", "voxel-bot", "waves", "weave"],
];
