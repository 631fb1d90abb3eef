/** The page at /studio. */
import { copyButtons } from "./copy.ts";
import { laidOut } from "./laid-out.ts";
import { watch } from "./watch.ts";

await laidOut();
watch(false);
copyButtons();
