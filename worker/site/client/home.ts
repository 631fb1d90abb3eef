/** The page at /. */
import { copyButtons } from "./copy.ts";
import { watch } from "./watch.ts";

watch(true);
copyButtons();
