/** Folders to classes. */
import { describe, expect, it } from "vitest";
import { UserError } from "../../../training/cli/user-error.ts";
import { type ClassFolders, layOut } from "../../../training/data/class-folders.ts";
import { expectClasses } from "../../../training/data/load.ts";

/** "split class path" of each file. */
const placed = ({ classes, files }: ClassFolders): string[] => files.map(({ path, split, label }) => `${split} ${classes[label]} ${path}`);

describe("layOut", () => {
  it("sorts classes and files by code unit, whatever their order", () => {
    const paths = ["ä/1.png", "b/10.png", "b/2.png", "Z/1.png", "a/1.png", "😀/1.png", "ﬁ/1.png"];
    const layout = layOut(paths, "set");
    expect(layout.classes).toEqual(["Z", "a", "b", "ä", "😀", "ﬁ"]);
    expect(placed(layout).slice(2, 4)).toEqual(["train b b/10.png", "train b b/2.png"]);
    expect(layOut(paths.toReversed(), "set")).toEqual(layout);
  });

  it("takes a folder without sub-folders as one class, and deeper folders as parts of a class", () => {
    expect(placed(layOut(["2.png", "1.png"], "pets"))).toEqual(["train pets 1.png", "train pets 2.png"]);
    expect(placed(layOut(["cat/young/1.png", "cat/2.png"], "pets"))).toEqual(["train cat cat/2.png", "train cat cat/young/1.png"]);
  });

  it("honours train and test", () => {
    const layout = layOut(["test/a/1.png", "train/b/1.png", "train/a/2.png", "val/a/1.png", "test/c/1.png", "train/lost.png"], "set");
    expect(placed(layout)).toEqual(["test a test/a/1.png", "train a train/a/2.png", "train b train/b/1.png"]);
    expect(layout.skipped).toEqual([
      { path: "val/a/1.png", reason: 'in "val", since a tenth of "train" is held out for that' },
      { path: "train/lost.png", reason: "beside the folders of classes" },
      { path: "test/c/1.png", reason: "of a class without training images" },
    ]);
    expect(placed(layOut(["test/1.png", "train/1.png"], "set"))).toEqual(["test set test/1.png", "train set train/1.png"]);
    expect(placed(layOut(["lost.png", "train/1.png"], "set"))).toEqual(["train set train/1.png"]);
    expect(layOut(["test/1.png", "other/1.png"], "set").classes).toEqual(["other", "test"]);
  });

  it("takes `train` for a class where other folders are beside it, and says so, but not where `test` is", () => {
    expect(layOut(["car/1.png", "plane/1.png", "train/1.png", "train/old/2.png"], "vehicles")).toMatchObject({
      classes: ["car", "plane", "train"],
      skipped: [],
      note: '"train" is a class, since other folders are beside it: "car", "plane"',
    });
    const { classes, skipped } = layOut(["car/1.png", "test/a/1.png", "train/a/1.png"], "set");
    expect([classes, skipped]).toEqual([["a"], [{ path: "car/1.png", reason: "outside train and test" }]]);
  });

  it("has names in NFC, and leaves out what systems leave, and folders without images", () => {
    const [parted, whole] = ["Früchte".normalize("NFD"), "Früchte".normalize("NFC")];
    const names = [`${parted}/1.png`, "__MACOSX/a/._1.png", "a/.hidden/1.png", "a/Thumbs.db", "a/2.png", "notes/read me.txt"];
    expect(layOut(names, "set")).toMatchObject({
      classes: [whole, "a"],
      skipped: [{ path: "notes/read me.txt", reason: "not named like an image" }],
    });
    expect(placed(layOut(names, "set"))).toEqual([`train ${whole} ${whole}/1.png`, "train a a/2.png"]);
    expect(layOut(["1.png"], parted).classes).toEqual([whole]);
    expect(layOut(["1.svg"], "set", ["svg"]).skipped).toEqual([]);
  });

  it("are 10 000 at most, without names that no model could hold", () => {
    const classes = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}/1.png`);
    expect(() => expectClasses(layOut(classes(10_000), "set").classes)).not.toThrow();
    for (const [paths, message] of [
      [classes(10_001), "Expected at most 10000 classes (sub-folders) for `data` but received 10001"],
      [[`${"n".repeat(65)}/1.png`], "Expected a text of 1 to 64 bytes in UTF-8"],
      [[`${"é".repeat(33)}/1.png`], "Expected a text of 1 to 64 bytes in UTF-8"],
      [["two\nlines/1.png"], 'for the name of each class (sub-folder) of `data` but received "two\\nlines": rename the folder'],
      [['"><img src=x onerror=alert(1)>/1.png'], 'without < > " ` for the name of each class (sub-folder) of `data` but received "'],
      [["a\ud800/1.png"], "for the name of each class"],
      [[" /1.png"], "for the name of each class"],
      [
        ["a/1.png", "a\u200b/1.png"],
        'Expected names that look different for the classes (sub-folders) of `data` but received "a\u200b" twice',
      ],
    ] as const) {
      const expected = () => expectClasses(layOut(paths, "set").classes);
      expect(expected).toThrow(message);
      expect(expected).toThrow(UserError);
    }
  });
});
