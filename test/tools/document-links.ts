/** Links of Markdown documents to files of this repository and to their headings. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The anchors of a document's headings, as GitHub makes them. */
export function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return headingsOf(text).map(({ title }) => {
    const slug = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

export interface Heading {
  readonly level: number;
  readonly title: string;
}

/** Headings outside of code, without the marks of their words. */
export const headingsOf = (text: string): Heading[] =>
  [...withoutCode(text).matchAll(/^(#+) (.+)$/gm)].map(([, marks, title]) => ({
    level: marks.length,
    title: title.replaceAll(/`|\[([^\]]*)\]\([^)]*\)/g, "$1"),
  }));

const withoutCode = (text: string): string => text.replaceAll(/^```.*?^```/gms, "");

/** The links of a document at `path` under `root` that lead to no file, or to no heading in it. */
export function brokenLinks(root: string, path: string, text: string): string[] {
  const prose = withoutCode(text).replaceAll(/`[^`\n]*`/g, "");
  const links = [...prose.matchAll(/\]\(([^()\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)].map(([, link, attribute]) => link ?? attribute);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file, anchor] = link.split("#") as [string, string?];
    const target = file === "" ? join(root, path) : join(root, dirname(path), file);
    if (!existsSync(target)) return true;
    return anchor !== undefined && target.endsWith(".md") && !anchorsOf(readFileSync(target, "utf8")).includes(anchor);
  });
}
