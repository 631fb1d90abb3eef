/**
 * `npm run bench -- memory`: memory of the Worker's isolate under the worst mixes of requests, as workerd's inspector
 * tells it: heap and buffers when their sum is highest, garbage included, of the 128 MB that Cloudflare gives an
 * isolate; and how the requests were answered. It runs what would be deployed, without the development server. That no
 * mix takes more than 100 MB: test/slow/memory.test.ts.
 */
import { newCommand } from "../../training/cli/command-line.ts";
import { bundleForWorkerd, removeBundle } from "../support/bare-worker.ts";
import { inspected, type Memory } from "./inspector.ts";
import { residentMemory } from "./measure.ts";
import { MIXES } from "./mixes.ts";

newCommand("bench memory")
  .description("Measures the memory of the Worker's isolate under the worst mixes of requests.")
  .parse(process.argv);

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
const inWords = ({ heap, buffers }: Memory): string =>
  `${megabytes(heap + buffers)} (heap ${megabytes(heap)}, buffers ${megabytes(buffers)})`;

const bundle = bundleForWorkerd();
try {
  await inspected(bundle, async (origin, inspector) => {
    console.log("| requests | isolate at most | answers | process after |\n|---|---|---|---|");
    for (const [name, mix] of Object.entries(MIXES)) {
      const answers = new Map<string, number>();
      const answered = (status = 0) => void answers.set(String(status), (answers.get(String(status)) ?? 0) + 1);
      await inspector.collectGarbage();
      const peak = await inspector.peak(() => mix({ origin, answered }));
      const statuses = [...answers].map(([status, count]) => `${count} x ${status}`).join(", ");
      console.log(`| ${name} | ${inWords(peak)} | ${statuses} | ${megabytes(residentMemory())} |`);
    }
    await inspector.collectGarbage();
    console.log(`after a collection: ${inWords(await inspector.memory())}`);
  });
} finally {
  removeBundle(bundle);
}
