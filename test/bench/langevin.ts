/**
 * `npm run bench -- langevin`: processor time of the Langevin playground's page per frame of animation, scene by scene,
 * in Chromium: what its main thread spends on simulation, drawing and words, as the browser counts it (thread time, so
 * that what else the machine does hits it little). A frame may take 16 ms.
 */
import type { CDPSession } from "playwright";
import { newCommand } from "../../training/cli/command-line.ts";
import { SCENES } from "../../worker/langevin/scenes/index.ts";
import { launchChromium } from "../support/chromium.ts";
import { startWorker } from "../support/start-worker.ts";
import { machine } from "./measure.ts";

newCommand("bench langevin")
  .description("Prints the processor time per frame of every scene of the Langevin playground.")
  .parse(process.argv);

/** Seconds that a scene runs before it is measured, and meanwhile. */
const WARM = 2;
const MEASURED = 4;

console.log(machine());
const worker = await startWorker();
const browser = await launchChromium();
try {
  console.log("scene            frames   ms of CPU per frame");
  for (const { name } of SCENES) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    await page.addInitScript(countFrames);
    await page.goto(`${worker.origin}/langevin?scene=${name}`);
    await page.waitForTimeout(1000 * WARM);
    const before = [await taskSeconds(session), await page.evaluate("frames")] as [number, number];
    await page.waitForTimeout(1000 * MEASURED);
    const after = [await taskSeconds(session), await page.evaluate("frames")] as [number, number];
    const frames = after[1] - before[1];
    console.log(`${name.padEnd(16)}${String(frames).padStart(7)}${((1000 * (after[0] - before[0])) / frames).toFixed(1).padStart(22)}`);
    await page.close();
  }
} finally {
  await browser.close();
  await worker.stop();
}

/** In the page: `frames` counts those that it asked for. */
function countFrames(): void {
  const scope = globalThis as unknown as { frames: number };
  scope.frames = 0;
  const request = requestAnimationFrame;
  globalThis.requestAnimationFrame = (callback) => {
    scope.frames++;
    return request(callback);
  };
}

async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")!.value;
}
