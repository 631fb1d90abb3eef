/** The page at /. */
import { copyButtons } from "./copy.ts";
import { laidOut } from "./laid-out.ts";
import { watch } from "./watch.ts";

await laidOut();
watch(true);
copyButtons();
