/**
 * Your pictures, in a real Chromium: what is learned there is what Node learns, no picture leaves the device, threads and files
 * may fail. What the page does in any order of events is proved in Node (`test/pages/yours.test.ts`).
 */
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { decode } from "fast-png";
import { unzipSync } from "fflate";
import type { Page, Worker } from "playwright";
import { beforeAll, describe, expect, it } from "vitest";
import { simd } from "../../wasm-model/engine/simd.ts";
import { loadModel, sample } from "../../wasm-model/index.ts";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { writeChunks } from "../../wasm-model/render/image/chunks.ts";
import { END, encodePng, headerOf } from "../../wasm-model/render/image/png.ts";
import { temporaryFolder, writeFolder } from "../support/files.ts";
import { filesOfNode, type OwnPictures, type Source, writeOwnPictures } from "../support/own-pictures.ts";
import { violations } from "../support/pages.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";
import { moved, soon, text, visit, workerAndChromium } from "../support/visit.ts";

const { worker, browser } = workerAndChromium();

const folder = temporaryFolder("yours");
let own: OwnPictures;
beforeAll(() => {
  own = writeOwnPictures(folder);
  const pixels = Uint8Array.from({ length: 32 * 24 * 3 }, (_, i) => (i * i) % 251);
  writeFileSync(join(own.data, "cats/0.png"), encodePng({ width: 32, height: 24, channels: 3, pixels })); // not square
  copyFileSync(join(own.data, "dogs/6.png"), join(own.data, "dogs/7.png")); // equal ones are learned once
});

/** Milliseconds: a run of a small network, also where other work has the machine. */
const PATIENCE = 240_000;

/** Visits the page, for runs of so many images. Whatever it asks for, it sends nothing. */
async function open(
  images: number | undefined,
  act: (page: Page) => Promise<void>,
  prepare?: (page: Page) => Promise<unknown>,
): Promise<void> {
  const sent: string[] = [];
  const before = async (page: Page): Promise<void> => {
    page.setDefaultTimeout(PATIENCE);
    await prepare?.(page);
    page.context().on("request", (request) => {
      if (request.method() !== "GET" || request.postDataBuffer() !== null || request.url().length > 300) sent.push(request.url());
    });
  };
  await visit(browser, `${worker.origin}/yours/`, { before }, async (page) => {
    await page.getByText("No pictures yet.").waitFor();
    await page.locator("#images").evaluate((field, value) => ((field as HTMLInputElement).value = value), `${images ?? ""}`);
    await act(page);
    expect(sent).toEqual([]);
  });
}

const choose = async (page: Page): Promise<void> => {
  await page.locator("#folder").setInputFiles(own.data);
  await page.getByText(/^16 pictures\./).waitFor();
};

const unfold = (page: Page): Promise<void> =>
  page.locator("details").evaluateAll((all) => {
    for (const one of all) (one as HTMLDetailsElement).open = true;
  });

const chooseWhole = async (page: Page): Promise<void> => {
  await unfold(page);
  await page.getByLabel("Pictures that are not square").selectOption("shown whole");
};

/** Starts from a small network, so that it takes seconds. */
const startSmall = async (page: Page): Promise<void> => {
  await page.locator("#start-from").setInputFiles(own.start);
};

/** The file of a picture. */
const pictureFile = (name: string, side: number, channels: number, value: (i: number) => number) => {
  const pixels = Uint8Array.from({ length: side * side * channels }, (_, i) => value(i));
  return { name, mimeType: "image/png", buffer: Buffer.from(encodePng({ width: side, height: side, channels, pixels })) };
};

/** A page's threads seem a hundred times as fast: what depends on their speed is as on a quiet machine. */
const seemFast = (page: Page): unknown =>
  page.on("worker", (thread) =>
    thread
      .evaluate(() => {
        const now = performance.now.bind(performance);
        performance.now = () => now() / 100;
      })
      .catch(() => undefined),
  );

/** That the page has made Node's files. Returns its own. */
async function expectFilesOf(source: Source, images: number, page: Page): Promise<Record<string, Buffer>> {
  const received: Record<string, Buffer> = { "model.onnx": await saved(page, "model"), "model-fp32.onnx": await saved(page, "fp32") };
  for (const [name, bytes] of Object.entries(await filesOfNode(source, images))) expect(received[name].equals(bytes), name).toBe(true);
  return received;
}

/** The threads of a run: the learner first, then its helper. */
const learners = (page: Page): Worker[] => page.workers().filter((one) => one.url().includes("learner"));

/** That threads with this in their names have ended. Playwright hears of an end a little later than the page. */
const expectEnded = (page: Page, name: "learner" | "forecaster"): Promise<void> =>
  soon(() => page.workers().filter((one) => one.url().includes(name)).length).toBe(0);

const press = (page: Page, name: string): Promise<void> => page.getByRole("button", { name, exact: true }).click();
const isInSight = (page: Page, selector: string): Promise<boolean> =>
  page.locator(selector).evaluate((one) => one.getBoundingClientRect().top >= 0 && one.getBoundingClientRect().bottom <= innerHeight);
const pause = async (page: Page): Promise<void> => {
  await press(page, "Pause");
  await page.getByText("Paused. It is saved on this device.").waitFor();
};
const trainSmall = async (page: Page): Promise<void> => {
  await choose(page);
  await startSmall(page);
  await press(page, "Train");
};
const widthOfImage = (page: Page): Promise<number> => page.locator("#image").evaluate((canvas) => (canvas as HTMLCanvasElement).width);
async function done(page: Page): Promise<void> {
  await page.getByText("Done.", { exact: true }).waitFor();
  await unfold(page);
}
/** The share of a run that is done; 0 until it has begun. */
const shareDone = (page: Page): Promise<number> =>
  page.evaluate(() => (document.querySelector("#numbers")!.textContent === "" ? 0 : document.querySelector("progress")!.value));
const hasLearned = (page: Page, share = 0): Promise<void> =>
  expect.poll(() => shareDone(page), { timeout: PATIENCE }).toBeGreaterThan(share);

async function saved(page: Page, what: "page" | "zip" | "sheet" | "list" | "model" | "fp32"): Promise<Buffer> {
  const download = page.waitForEvent("download");
  await page.locator(`#save-${what}`).click();
  return readFile(await (await download).path());
}

/** What the page keeps under this key, or the keys of all that it keeps. */
const keptOnDevice = (page: Page, key = ""): Promise<unknown> =>
  page.evaluate(async (key) => {
    const settled = (request: IDBRequest) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const database = (await settled(indexedDB.open("anneal-yours"))) as IDBDatabase;
    const storeOf = (name: string) => database.transaction(name).objectStore(name);
    return key
      ? settled(storeOf("page").get(key))
      : Promise.all([...database.objectStoreNames].map((name) => settled(storeOf(name).getAllKeys())));
  }, key);

describe("a run", () => {
  it("makes the files of `npx anneal train`, byte for byte, though its tab was closed and its helper failed on the way, and begins another one from its own", () =>
    open(1000, async (page) => {
      await choose(page);
      await page.getByText(/^These pictures .*: expect .*\.$/).waitFor();
      await expectEnded(page, "forecaster");
      await chooseWhole(page);
      await startSmall(page);
      expect(learners(page)).toEqual([]);
      await press(page, "Train");
      await hasLearned(page, 0.2);
      await pause(page);
      const before = await shareDone(page);
      expect(before).toBeLessThan(1);
      expect(await page.locator("#sheet canvas").count()).toBe(16);
      await page.goto("about:blank");
      await page.goto(`${worker.origin}/yours/`);
      await page.getByText("Training is paused. It is saved on this device.").waitFor();
      await press(page, "Go on");
      await hasLearned(page, before);
      expect([await isInSight(page, "#sheet"), await isInSight(page, "#share")]).toEqual([true, true]);
      await learners(page)[1].evaluate(() => {
        setTimeout(() => {
          throw new Error("out of memory");
        });
      });
      await done(page);
      await expectEnded(page, "learner"); // their memory is free again
      const files = await expectFilesOf({ ...own, crop: "contain" }, 1000, page);
      const rounded = { name: "model.onnx", mimeType: "application/octet-stream", buffer: files["model.onnx"] };
      await page.locator("#start-from").setInputFiles(rounded);
      await press(page, "Train anew");
      await done(page);
      const { card } = readModel(new Uint8Array(await saved(page, "model")));
      expect(card.training.from?.images).toBe(1000);
      await press(page, "Back to the model before");
      await page.reload();
      await unfold(page);
      expect((await saved(page, "model")).equals(files["model.onnx"])).toBe(true);
    }));

  it("from the base it makes the files of Node, too", () =>
    open(64, async (page) => {
      const downloads: string[] = [];
      page.context().on("request", (request) => downloads.push(request.url()));
      await choose(page);
      await chooseWhole(page);
      await press(page, "Train");
      await page.getByText("Preparing your model...").waitFor();
      await done(page);
      await page.getByText(/^From \d+ pictures it mostly recombines what it saw\. Not learned yet: /).waitFor();
      await expectFilesOf({ data: own.data, crop: "contain" }, 64, page);
      expect(downloads.filter((url) => url.endsWith("/base.onnx")).length).toBe(1); // it is compared with the base at its end
    }));

  it("by keyboard alone: starts, stops early, draws; its sentences are honest, and it breaks no rule of axe, before and after", () =>
    open(undefined, async (page) => {
      const focused = (): Promise<string> =>
        page.evaluate(() => document.activeElement!.textContent || document.activeElement!.ariaLabel || "");
      const tabTo = async (name: string): Promise<void> => {
        let presses = 0;
        while ((await focused()) !== name && presses++ < 8) await page.keyboard.press("Tab");
        expect(await focused()).toBe(name);
      };
      await choose(page);
      await startSmall(page);
      await unfold(page);
      expect(await violations(page)).toEqual([]);
      const thumbs = await page.locator(".thumbs button").evaluateAll((all) => all.map(({ ariaLabel }) => ariaLabel));
      await page.getByRole("button", { name: thumbs[3]! }).focus();
      for (const key of ["ArrowRight", "ArrowLeft", "Enter"]) await page.keyboard.press(key);
      await page.getByText(/^15 pictures\./).waitFor();
      expect(await focused()).toBe(thumbs[2]);
      await page.locator("#field-crop").focus();
      await tabTo("Train");
      await page.keyboard.press("Enter");
      await hasLearned(page);
      expect(await focused()).toBe("Pause");
      const answer = await page.evaluate(() => {
        const buttons = [...document.querySelectorAll<HTMLButtonElement>("#buttons button")];
        buttons.find(({ textContent }) => textContent === "Stop")!.click();
        return [
          document.querySelector("#numbers")!.textContent,
          ...buttons.filter(({ hidden }) => !hidden).map(({ textContent }) => textContent),
        ];
      });
      expect(answer).toEqual(["15 s left", "Give up this run"]); // at once
      await done(page);
      expect(await focused()).toBe("Your model");
      expect(await page.locator("#result").evaluate((result) => result.getBoundingClientRect().top)).toBeCloseTo(0, -1);
      expect(await page.locator("#pairs canvas").count()).toBe(32);
      const shown = (): Promise<string> => page.locator("#image").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
      await soon(() => widthOfImage(page)).toBe(512);
      const first = await shown();
      await page.locator("#draw-seed").fill("bob");
      await page.keyboard.press("Tab");
      await soon(shown).not.toBe(first);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await violations(page)).toEqual([]);
      }
    }));
});

it("what was learned can be given up, without a network drawn with and saved, and forgotten with all that is kept", () =>
  open(1000, async (page) => {
    const question = (): Promise<string> =>
      new Promise((resolve) => page.once("dialog", (asked) => asked.accept().then(() => resolve(asked.message()))));
    await trainSmall(page);
    await hasLearned(page);
    const asked = question();
    await press(page, "Give up this run");
    expect(await asked).toBe("Give up this run? What it has learned is lost. Your pictures stay.");
    await expectEnded(page, "learner");
    await press(page, "Train");
    await hasLearned(page);
    await page.context().setOffline(true);
    await press(page, "Stop");
    await done(page);
    await soon(() => widthOfImage(page)).toBe(512);
    await page.getByLabel("Name of the model").fill("My Pets");
    expect(readModel(new Uint8Array(await saved(page, "fp32"))).card.name).toBe("my-pets");
    const download = page.waitForEvent("download");
    await press(page, "Save this image");
    expect((await download).suggestedFilename()).toBe("my-pets-alice.png");
    expect(Object.keys(unzipSync(new Uint8Array(await saved(page, "zip"))))).toHaveLength(60);
    await page.context().setOffline(false);
    await page.reload();
    await page.locator("#wall").waitFor();
    expect(await moved(page)).toEqual([]);
    for (const name of ["cats", "dogs"]) await press(page, `Remove group ${name}`);
    question();
    await unfold(page);
    await press(page, "Forget this model");
    await page.locator("#results").waitFor();
    await soon(() => keptOnDevice(page)).toEqual([["owner", "set"], []]);
  }));

it("a run whose WASM cannot be loaded says so; the next one hears Stop, and Pause, before its first step", () =>
  open(undefined, async (page) => {
    const WASM = /tfjs-backend-wasm[^/]*\.wasm$/;
    await page.context().route(WASM, (route) => route.abort());
    await trainSmall(page);
    await soon(() => text(page.locator("#problem"))).toMatch(/^This device cannot train/);
    await page.context().unroute(WASM);
    await press(page, "Train");
    await press(page, "Stop");
    await page.getByText("It was stopped before it had learned anything.").waitFor();
    await press(page, "Train");
    await pause(page);
    await press(page, "Stop");
    await page.getByText("It was stopped before it had learned anything.").waitFor();
  }));

describe("what is kept", () => {
  it("belongs to one tab: another one gets it with its run, also from a tab that does not answer", () =>
    open(100000, async (page) => {
      const isElsewhere = async (tab: Page): Promise<void> => {
        await tab.getByText("Open in another tab.", { exact: true }).waitFor();
        expect(await tab.locator("#buttons button:visible").allTextContents()).toEqual(["Use it here"]);
      };
      await trainSmall(page);
      await hasLearned(page);
      const other = await page.context().newPage();
      other.setDefaultTimeout(PATIENCE);
      await other.goto(page.url());
      await isElsewhere(other);
      const before = await shareDone(page);
      await press(other, "Use it here");
      await hasLearned(other, before);
      await isElsewhere(page);
      await expectEnded(page, "learner");
      await pause(other);
      const busy = other.evaluate(() => {
        for (const end = performance.now() + 6000; performance.now() < end; );
      });
      await press(page, "Use it here");
      await page.getByText("Training is paused.").waitFor();
      await busy;
      await isElsewhere(other);
      await press(page, "Go on");
      await hasLearned(page, before);
    }));

  it("a page that is left loses less than ten seconds of what it has learned", () =>
    open(100000, async (page) => {
      await choose(page);
      await press(page, "Train"); // from the base, since a small network would be done before
      await hasLearned(page);
      const first = await shareDone(page);
      await page.waitForTimeout(13_000);
      const before = await shareDone(page);
      await page.reload();
      await hasLearned(page);
      expect(await shareDone(page)).toBeGreaterThan(before - (10 / 13) * (before - first));
    }));

  it("without room it says so", () =>
    open(
      undefined,
      async (page) => {
        await choose(page);
        await page.getByText("This device has no room: save your model before you close this page.").waitFor();
      },
      async (page) => {
        // before anything is kept: Chromium remembers for a while how much room there was
        const devTools = await page.context().newCDPSession(page);
        await devTools.send("Storage.overrideQuotaForOrigin", { origin: worker.origin, quotaSize: 1000 });
      },
    ));
});

it("a drop: folders become classes, and what cannot be read is named", () =>
  open(undefined, async (page) => {
    const devTools = await page.context().newCDPSession(page);
    const files = [join(own.data, "cats"), join(own.data, "dogs"), own.start];
    await page.evaluate(() => {
      const { prototype } = DataTransferItem;
      const { webkitGetAsEntry } = prototype;
      prototype.webkitGetAsEntry = function () {
        const entry = webkitGetAsEntry.call(this);
        const file = (_: unknown, failed: (why: Error) => void) => failed(new Error("not readable"));
        return entry!.isFile ? Object.assign(entry!, { file }) : entry;
      };
    });
    const { x, y } = (await page.locator("#drop").boundingBox())!;
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await devTools.send("Input.dispatchDragEvent", { type, x: x + 9, y: y + 9, data: { items: [], files, dragOperationsMask: 1 } });
    await page.getByText(/^16 pictures\./).waitFor();
    const names = await page.locator(".class input").evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    expect(names).toEqual(["cats", "dogs"]);
    expect(await text(page.locator("#problem"))).toBe("“start.onnx” was left out: it cannot be read.");
  }));

it("a folder is read as `npx anneal train` reads it: train and test, stray files, what systems leave, names in NFC", () =>
  open(undefined, async (page) => {
    const png = readFileSync(join(own.data, "cats/1.png"));
    const fruits = "Früchte".normalize("NFD");
    const paths = [`train/${fruits}/1.png`, "train/cats/2.png", "train/lost.png", "test/cats/3.png", "__MACOSX/train/._1.png"];
    await page.locator("#folder").setInputFiles(writeFolder(join(folder, "parted"), Object.fromEntries(paths.map((path) => [path, png]))));
    await page.getByText(/^2 pictures\./).waitFor();
    const names = await page.locator(".class input").evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    expect(names).toEqual([fruits.normalize("NFC"), "cats"]);
    expect((await text(page.locator("#problem"))).split("\n")).toEqual([
      "“lost.png” was left out: beside the folders of classes.",
      "“3.png” was left out: in “test”: this page sets its own aside.",
    ]);
  }));

it("the model: enlarges in the manner of large pictures, and is drawn under the seed that its file is called by", () =>
  open(64, async (page) => {
    await choose(page);
    const stripes = (i: number) => (k: number) => (Math.floor(k / 1536) * (i + 3) + Math.floor((k % 384) / 3)) % 256;
    await page.locator("#files").setInputFiles(Array.from({ length: 40 }, (_, i) => pictureFile(`${i}.png`, 128, 3, stripes(i))));
    await page.getByText(/^56 pictures\./).waitFor();
    await startSmall(page);
    seemFast(page);
    await press(page, "Train");
    await done(page);
    await soon(() => widthOfImage(page)).toBe(512);
    await page.locator("#draw-seed").evaluate((field) => ((field as HTMLInputElement).value = "not drawn"));
    const download = page.waitForEvent("download");
    await press(page, "Save this image");
    const name = await page.getByLabel("Name of the model").inputValue();
    expect((await download).suggestedFilename()).toBe(`${name}-alice.png`);
    const file = new Uint8Array(await saved(page, "model"));
    const drawn = await sample(await loadModel(file, { runtime: simd }), { seed: "alice", size: 512 });
    expect((await readFile(await (await download).path())).equals(drawn.png())).toBe(true);
    const [{ enlarger }, start] = [new Uint8Array(await saved(page, "fp32")), readFileSync(own.start)].map((bytes) => readModel(bytes));
    expect(enlarger).not.toEqual(start.enlarger);
  }));

it("the sprites of the second example become a model of their size and colours, which cuts out", () =>
  open(64, async (page) => {
    await press(page, "Try it with 96 sprites");
    await page.getByText(/^96 pictures\. .* Pixel art of 16 colours: /).waitFor();
    await startSmall(page);
    await press(page, "Train");
    await done(page);
    const { card, matte } = readModel(new Uint8Array(await saved(page, "model")));
    expect([card.palette?.length, nativeShape(card), card.training.pictures, matte !== undefined]).toEqual([
      16,
      { width: 24, height: 24, channels: 3 },
      { crop: "center", background: "ffffff" },
      true,
    ]);
    const image = decode(Object.values(unzipSync(new Uint8Array(await saved(page, "zip"))))[0]);
    expect([image.width, image.palette!.length]).toEqual([24, expect.any(Number)]);
  }));

it("a model's file opens with a wall, whose good images are taken as files, and are the same after a reload", () =>
  open(undefined, async (page) => {
    await page.locator("#files").setInputFiles(own.start);
    await page.getByText("“start.onnx” was left out: it is for learning more; the file without “-fp32” draws.").waitFor();
    const openModel = (buffer: Buffer) => page.locator("#files").setInputFiles({ name: "random.onnx", mimeType: "", buffer });
    await openModel(Buffer.from(randomModelFile({ ...TINY, width: 16, height: 16 }, 3, "int8")));
    await soon(() => widthOfImage(page)).toBe(256);
    const buffer = Buffer.from(randomModelFile(TINY, 3, "int8"));
    await openModel(buffer);
    await soon(() => widthOfImage(page)).toBe(128);
    await unfold(page);
    await page.getByText("“random” was opened from its file.").waitFor();
    await page.getByText("Kinds: Class 0, Class 1, Class 2.").waitFor();
    const tile = (name: string) => page.locator("#wall").getByRole("button", { name, exact: true });
    await tile("Class 2 60").waitFor();
    await press(page, "Sixty more");
    for (const name of ["Class 1 62", "Class 0 61"]) await tile(name).click();
    await soon(() => keptOnDevice(page, "wall")).toEqual({ first: 61, chosen: [62, 61] });
    await page.reload();
    await page.getByText("2 chosen.").waitFor();
    await unfold(page);
    expect(await tile("Class 1 62").getAttribute("aria-pressed")).toBe("true");
    const images = unzipSync(new Uint8Array(await saved(page, "zip")));
    await page.getByText("Saved as random-images-8.zip.").waitFor();
    expect(Object.keys(images)).toEqual(["Class 0/61.png", "Class 1/62.png"]);
    const model = await loadModel(new Uint8Array(buffer), { runtime: simd });
    const drawn = await sample(model, { seed: "62", class: "Class 1" });
    expect(Buffer.from(images["Class 1/62.png"]).equals(drawn.png())).toBe(true);
    await page.getByLabel("Size of images").selectOption("32 pixels, repeated");
    const sheet = unzipSync(new Uint8Array(await saved(page, "sheet")));
    const { frames, meta } = JSON.parse(Buffer.from(sheet["random-sheet-32-pixels.json"]).toString());
    expect([frames["Class 1/62.png"].frame, meta.size]).toEqual([
      { x: 32, y: 0, w: 32, h: 32 },
      { w: 64, h: 32 },
    ]);
    expect(decode(sheet["random-sheet-32-pixels.png"])).toMatchObject({ width: 64, height: 32 });
    expect((await saved(page, "list")).toString()).toBe("seed,class\n61,Class 0\n62,Class 1\n");
    const html = join(folder, "random.html");
    const saidInIt = await saved(page, "page");
    for (const notice of ["(c) 2026 The Anneal authors", "---- valibot", "---- pbf"]) expect(saidInIt.toString()).toContain(notice);
    writeFileSync(html, saidInIt);
    const alone = await page.context().newPage();
    const asked: string[] = [];
    alone.on("request", (request) => asked.push(request.url()));
    await alone.goto(`file://${html}`);
    const png = await alone
      .locator("anneal-sample")
      .evaluate(async (one) => [...new Uint8Array(await (await (one as unknown as { toBlob(): Promise<Blob> }).toBlob()).arrayBuffer())]);
    expect(Buffer.from(png).equals((await sample(model, { seed: "alice", size: 128 })).png())).toBe(true);
    expect(asked.filter((url) => !/^(file|blob|data):/.test(url))).toEqual([]);
  }));

/** A picture of so many pixels in a few kilobytes: grey, one bit a pixel, all black. */
function hugePng(width: number, height: number): Buffer {
  const header = headerOf({ width, height, channels: 1, pixels: new Uint8Array() });
  header.data[8] = 1;
  const data = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))));
  return Buffer.from(writeChunks([header, { type: "IDAT", data }, END]));
}

it("bad input: each file that is left out is named in a plain sentence, and nothing is lost", () =>
  open(undefined, async (page) => {
    const png = pictureFile("", 64, 3, (i) => (i * i * i) % 253).buffer;
    const bad: readonly (readonly [file: string, mimeType: string, buffer: Buffer, why: string])[] = [
      ["notes.txt", "text/plain", Buffer.from("no picture"), "not named like an image"],
      ["photo.heic", "image/heic", Buffer.from("ftypheic"), "HEIC, which this browser does not read: save it as JPEG"],
      ["huge.png", "image/png", hugePng(12_000, 9001), "larger than 108 megapixels"],
      ["torn.png", "image/png", png.subarray(0, 30), "damaged, or of a kind that this browser does not read"],
      ["empty.png", "image/png", Buffer.alloc(0), "empty"],
    ];
    await choose(page);
    await page.locator("#files").setInputFiles(bad.map(([name, mimeType, buffer]) => ({ name, mimeType, buffer })));
    await soon(async () => new Set((await text(page.locator("#problem"))).split("\n"))).toEqual(
      new Set(bad.map(([name, , , why]) => `“${name}” was left out: ${why}.`)),
    );
    await page.reload();
    await page.getByText(/^16 pictures\./).waitFor();
  }));

describe("how many", () => {
  it("none, and more than a run takes", () =>
    open(undefined, async (page) => {
      const isShown = () => Promise.all(["#results", "#actions"].map((part) => page.locator(part).isVisible()));
      expect(await isShown()).toEqual([true, false]);
      await page.locator("#folder").setInputFiles(mkdtempSync(join(folder, "empty-")));
      await soon(() => text(page.locator("#problem"))).toBe("There is no picture in that folder.");
      const files = Array.from({ length: 5001 }, (_, i) => pictureFile(`${i}.png`, 8, 1, () => i % 256));
      await page.locator("#files").setInputFiles(files);
      await page
        .locator("#problem")
        .getByText("A run takes at most 5000 pictures: of these 5001, 5000 were taken, spread over all.")
        .waitFor();
      await page.getByText(/^5000 pictures\./).waitFor();
      await press(page, "Show 180 more");
      await page.locator(".thumbs button").nth(239).click();
      await page.getByText("Removed ").waitFor();
      expect(await isShown()).toEqual([false, true]);
    }));

  it("three of 100 megapixels are learned with the others", () =>
    open(undefined, async (page) => {
      await choose(page);
      const buffer = hugePng(10_000, 10_000);
      await page.locator("#files").setInputFiles(["a", "b", "c"].map((name) => ({ name: `${name}.png`, mimeType: "image/png", buffer })));
      await page.getByText(/ of 3 files read/).waitFor();
      await page.getByRole("button", { name: "Train" }).waitFor({ state: "hidden" }); // it would learn without them
      await page.locator("#files").setInputFiles(join(own.data, "cats/1.png"));
      await soon(() => text(page.locator("#problem"))).toBe("Wait until the pictures are read.");
      await page.getByText(/^19 pictures\./).waitFor();
    }));
});
