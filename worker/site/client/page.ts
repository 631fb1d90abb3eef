/** The script of pages that only have tiles and code to copy. */
import { startButtons } from "./dom.ts";
import { pageTiles } from "./tiles.ts";

startButtons();
pageTiles()();
