/** The page at /studio. */
import { copyButtons } from "./copy.ts";
import { watch } from "./watch.ts";

watch(false);
copyButtons();
