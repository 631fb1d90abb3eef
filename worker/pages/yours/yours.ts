/** Your pictures: chosen, learned on this device, and what became of them. */
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { choices, type Fields } from "../../langevin/fields.ts";
import { button, element, find, speaker } from "../shared/dom.ts";
import { canvasOf } from "../shared/pixels.ts";
import { startPage } from "../shared/service.ts";
import { controls, PageState } from "../shared/state.ts";
import { counted, showBoxes } from "./boxes.ts";
import { type Changes, exchanged, forgetOtherFormats, kept, type Outcomes, withNew } from "./kept.ts";
import { type Action, allows, effectOfChange, type Phase } from "./phase.ts";
import { chosen, classesOf, dropped, example, type Found, MOST, readPictures, withFewLarge } from "./pictures.ts";
import { CROPS, type Crop, type FromLearner, type Learn, type PictureClass, type Pictures, type Wishes } from "./protocol.ts";
import { showResult } from "./result.ts";
import { doesOneLearn, keepForAll, onOthersChange, untilNoneLearns } from "./tabs.ts";
import { forecastFor, startLearner } from "./threads.ts";

startPage();
history.scrollRestoration = "manual"; // what is kept comes late, above where one was
await nextTurn(); // a page made at once is a long task

/** The class of pictures that are in no folder. */
const NO_NAME = "pictures";
/** The name of the example, whose pictures make way for the visitor's own. */
const EXAMPLE = "example";

const FIELDS = {
  crop: { kind: "choice", label: "Pictures that are not square are", values: CROPS, default: "cover" },
  images: {
    kind: "choice",
    label: "Pictures shown while it learns",
    values: { "": "4 minutes of them", ...choices(["64", "1000", "3000", "10000", "30000", "100000"]) },
    default: "",
  },
  seed: { kind: "text", label: "Seed of the training", default: "anneal" },
} as const satisfies Fields;

const state = new PageState(() => FIELDS);
const say = speaker("#status");
const sayTenth = speaker("#tenth"); // for those who do not see the bar
const sayOfPictures = speaker("#picture-status");
const sayProblem = speaker("#problem");

/** Says what is wrong where the pictures are, which a phone may have scrolled away. */
function complain(sentence: string): void {
  sayProblem(sentence);
  if (sentence) find("#problem", HTMLElement).scrollIntoView({ block: "nearest" });
}

let name = NO_NAME;
let classes: readonly PictureClass[] = [];
/** A model to start from instead of the base. */
let from: File | undefined;
let phase: Phase = { name: "reading" };
/** Of the last runs that came to their end. */
let outcomes: Outcomes = {};
/** Of the run that is on its way, or the last one. */
let [step, steps, batch, isMore] = [0, 1, 1, false];
/** The step that its cool-down began at. */
let coolingFrom: number | undefined;
/** Whether another tab may have changed what is kept since it was read. */
let isStale = true;
/** Whether all that is shown is kept. Where there is no room for it, nothing is read anew. */
let isWhole = true;

const pictures = (): Pictures => ({ name, crop: state.values.crop as Crop, classes });
const countOf = (all: readonly PictureClass[]): number => all.reduce((sum, one) => sum + one.pictures.length, 0);

function enter(next: Phase): void {
  phase = next;
  update();
}

/** Where nothing happens until the visitor does something. */
function rest(): Phase {
  if (countOf(classes) === 0) return { name: "no pictures" };
  return outcomes.outcome ? { name: "done", outcome: outcomes.outcome } : { name: "pictures" };
}

// The pictures.

function field(properties: Partial<HTMLInputElement>): HTMLInputElement {
  const made = element("input", { type: "file", hidden: true, multiple: true, ...properties });
  made.addEventListener("change", async () => {
    const files = chosen(made.files!);
    made.value = "";
    await add(files, target);
  });
  return made;
}

const [fileField, folderField] = [field({ id: "files", accept: "image/*" }), field({ id: "folder", webkitdirectory: true })];
/** The class that the files of this dialog are added to. */
let target: number | undefined;

/** Asks for files. */
function open(dialog: HTMLInputElement, label?: number): void {
  target = label;
  dialog.click();
}

const modelField = element("input", { type: "file", id: "start-from", accept: ".onnx" });
modelField.addEventListener("change", () => {
  from = modelField.files?.[0];
});

const chooseButtons = [fileField, folderField].map((one) => button("", () => open(one)));
const exampleButton = button("Try it with 60 drawings", tryExample);
const sources = find("#sources", HTMLElement);
sources.append(...chooseButtons, exampleButton);

async function tryExample(): Promise<void> {
  enter({ name: "reading" });
  try {
    put(EXAMPLE, await example());
  } catch (error) {
    console.warn(error);
    enter(rest());
    complain("The drawings cannot be fetched. Try again later.");
  }
}

find("#controls", HTMLElement).append(
  controls(state, ["crop"]),
  element(
    "details",
    {},
    element("summary", {}, "Options"),
    controls(state, ["images", "seed"]),
    element("p", {}, element("label", {}, "Start from a model file that you saved here ", modelField)),
  ),
);

const drop = find("#drop", HTMLElement);
for (const type of ["dragover", "dragleave", "drop"] as const) {
  document.addEventListener(type, (event) => {
    event.preventDefault();
    drop.toggleAttribute("data-over", type === "dragover");
    const hasFiles = event.dataTransfer?.types.includes("Files");
    if (type === "drop" && hasFiles) dropped(event.dataTransfer!.items).then((files) => add(files));
  });
}

/** Adds pictures of files: those in folders to the classes of these names, others to the class with this label, or the first one. */
async function add(files: readonly Found[], label?: number): Promise<void> {
  if (!allows(phase, "choose")) return complain(effectOfChange(phase));
  if (files.length === 0) return complain("There is no picture in that folder.");
  complain("");
  enter({ name: "reading" });
  if (name === EXAMPLE && label === undefined) [name, classes] = [NO_NAME, []];
  const room = MOST - countOf(classes);
  const found = classesOf(files.slice(0, room), classes[label ?? 0]?.name ?? NO_NAME);
  const all = [...found.classes].flatMap(([label, own]) => own.map((one) => ({ ...one, label })));
  const { pictures, refusals: refused } = await readPictures(all, (done) => sayOfPictures(`${done} of ${all.length} files read.`));
  const refusals = files.length > room ? [...refused, `A run takes at most ${MOST} pictures: the first ${MOST} were taken.`] : refused;
  const labelOf = new Map(all.map(({ path, label }) => [path, label]));
  const added = Map.groupBy(pictures, ({ path }) => labelOf.get(path)!);
  const known = classes.map((one) => {
    const own = added.get(one.name) ?? [];
    added.delete(one.name);
    return { ...one, pictures: [...one.pictures, ...own] };
  });
  put(found.name ?? name, withFewLarge([...known, ...[...added].map(([label, own]) => ({ name: label, pictures: own }))]));
  complain(refusals.join("\n"));
}

/** Makes these the page's pictures, and shows them, and what is said of them. */
function put(newName: string, all: readonly PictureClass[], said: readonly Node[] = []): void {
  take(newName, all);
  phase = rest();
  showPictures();
  find("#status", HTMLElement).append(...said);
}

function take(newName: string, all: readonly PictureClass[]): void {
  [name, classes] = [newName, all];
  say("");
  complain("");
  keepShown({ pictures: pictures() });
}

function showPictures(): void {
  const count = countOf(classes);
  sayOfPictures(count === 0 ? "No pictures yet." : `${counted(count)}, as the network sees them.`);
  showBoxes(classes, state.values.crop as Crop, {
    onChange(changed, removed) {
      const [before, said] = [classes, [...find("#status", HTMLElement).childNodes]]; // with what undoes the removal before this one
      put(name, changed);
      if (!removed) return;
      say(`Removed ${removed}. `);
      find("#status", HTMLElement).append(button("Undo", () => put(name, before, said)));
      find("#actions", HTMLElement).hidden = false;
    },
    onRename(changed) {
      take(name, changed);
      update();
    },
    onAdd: (label) => open(fileField, label),
  });
  update();
  tellForecast();
}

/** Milliseconds that the pictures stay as they are before it is said what to expect of them. */
const REST = 500;
let forecasting = new AbortController();
const sayForecast = speaker("#forecast");

async function tellForecast(): Promise<void> {
  forecasting.abort();
  forecasting = new AbortController();
  const { signal } = forecasting;
  sayForecast("");
  if (countOf(classes) === 0) return;
  await new Promise((resolve) => setTimeout(resolve, REST));
  if (signal.aborted) return;
  const forecast = await forecastFor(pictures(), signal);
  if (!signal.aborted) sayForecast(forecast);
}

/** Why these pictures cannot be learned; empty if they can. */
function faultOfPictures(): string {
  const used = classes.filter((one) => one.pictures.length > 0);
  if (new Set(used.map((one) => one.name)).size < used.length) return "Two classes have the same name.";
  if (used.some((one) => /[<>"`\p{C}]/u.test(one.name))) return "A class has a name with signs that a model's file cannot hold.";
  const crop = state.values.crop as Crop;
  const isPlain = (pixels: Uint8Array): boolean => pixels.every((value, i) => value === pixels[i % 3]);
  const all = used.flatMap((one) => one.pictures);
  if (all.every((picture) => isPlain(picture[crop]))) return "These pictures are of one colour each: there is nothing to learn.";
  return "";
}

// The run.

const trainButton = button("", train);
const pauseButton = button("Pause", () => phase.name === "learning" && setPaused(!phase.isPaused));
const stopButton = button("Stop here", stop);
const moreButton = button("Learn more", learnMore, { className: "primary" });
const leaveButton = button("Give up this run", leave);
const exchangeButton = button("", () => {
  showOutcomes(exchanged(outcomes));
  keepShown(outcomes);
  showRest();
});
find("#buttons", HTMLElement).append(moreButton, trainButton, pauseButton, stopButton, leaveButton, exchangeButton);

function train(): void {
  const { images, seed } = state.values;
  learn({ images: images === "" ? undefined : Number(images), seed: seed || "anneal" }, from);
}

function learnMore(): void {
  if (phase.name !== "done") return;
  const { fp32, seed, name } = phase.outcome;
  learn({ images: undefined, seed: `${seed}, more` }, new Blob([fp32]), name);
}

function learn(wishes: Wishes, from?: Blob, model?: string): void {
  const fault = faultOfPictures();
  complain(fault);
  if (fault) return;
  begin({ type: "learn", pictures: { ...pictures(), model }, wishes, from });
  navigator.storage?.persist?.().catch(() => undefined);
}

async function begin(learn: Learn): Promise<void> {
  step = 0;
  coolingFrom = undefined;
  numbers.textContent = "";
  share.removeAttribute("value");
  sheet.replaceChildren();
  enter({ name: "reading" }); // nothing can be changed while another tab may be learning
  const run = await startLearner(learn, hear);
  if (!run) return readKept();
  keepShown({ pictures: pictures() }); // with the crop that they are learned by
  say("Loading what training needs.");
  enter({ name: "learning", run, isPaused: false });
  showTop();
}

function stop(): void {
  if (phase.name !== "learning") return;
  phase.run.tell({ type: "stop" });
  enter({ name: "stopping", run: phase.run });
  say("Its steps become smaller and smaller. Then it makes its files.");
  showWork("Last steps", 0, LONGEST_STOP);
}

/** Seconds that an early cool-down takes at most. */
const LONGEST_STOP = 15;

/** Gives up the run, once the visitor has confirmed it. */
async function leave(): Promise<void> {
  if (!confirm("Give up this run? What it has learned is lost. The last model is there still.")) return;
  await nextTurn(); // it may have ended meanwhile
  if (!("run" in phase)) return;
  phase.run.end(keepShown({ run: undefined }));
  showRest();
}

function showRest(): void {
  say("");
  enter(rest());
  showTop();
}

const showTop = (): void => find("run" in phase ? "#training" : "#result", HTMLElement).scrollIntoView({ block: "start" });

function setPaused(isPaused: boolean, sentence = isPaused ? "It pauses after this step." : "It learns."): void {
  if (phase.name !== "learning") return;
  phase.run.tell({ type: "pause", isPaused });
  say(sentence);
  enter({ ...phase, isPaused });
}

/** Out of sight it pauses, unless the visitor has paused it already. */
let wasHidden = false;
document.addEventListener("visibilitychange", () => {
  if (document.hidden ? phase.name !== "learning" || phase.isPaused : !wasHidden) return;
  wasHidden = document.hidden;
  setPaused(document.hidden, wasHidden ? undefined : "It learns again. It had paused while this tab was hidden.");
});

function hear(message: FromLearner): void {
  switch (message.type) {
    case "download":
      // Loading ends in what takes unknown time: TensorFlow.js starts, and its speed is measured.
      if (message.done < message.total) share.value = message.done / message.total;
      else share.removeAttribute("value");
      break;
    case "learned":
      if ("run" in phase) enter({ name: "finishing", run: phase.run });
      break;
    case "doing":
      if (message.what === "enlarging") say("It has learned to draw. Now it learns to enlarge in the manner of your pictures.");
      if (message.what === "calibrating") say("It has learned. Its numbers are rounded for drawing fast.");
      if (message.what === "comparing") say("New images are compared with yours.");
      showWork(message.what === "enlarging" ? "It learns to enlarge" : "It makes its files", message.share, message.secondsLeft);
      break;
    case "begun":
      ({ step, steps, batch, isMore } = message);
      say(message.isFromRounded ? "It learns, from weights that the file has rounded: the -fp32 file has the exact ones." : "It learns.");
      showStep();
      break;
    case "cooling":
      ({ steps } = message);
      coolingFrom = step;
      break;
    case "paused":
      say(
        message.isKept
          ? "Paused. What it has learned is kept on this device."
          : "Paused. This device has no room to keep what it has learned: leave this page open.",
      );
      break;
    case "step": {
      const tenths = Math.floor((10 * step) / steps);
      step = message.step;
      if (phase.name === "learning" && Math.floor((10 * step) / steps) > tenths) sayTenth(`${10 * tenths + 10} % learned.`);
      showStep(message.imagesPerSecond);
      break;
    }
    case "sheet":
      sheet.replaceChildren(...message.images.map((image) => canvasOf(image)));
      break;
    case "finished":
      say(
        `Done after ${looks(step)} ${isMore ? "more " : ""}looks at your pictures.${message.isKept ? "" : " This device has no room to keep the model: save its files."}`,
      );
      isWhole &&= message.isKept;
      showOutcomes(withNew(outcomes, message.outcome));
      enter(rest());
      showTop();
      break;
    case "failed":
      enter(rest());
      say("");
      complain(message.sentence);
  }
}

const share = find("#share", HTMLProgressElement);
const numbers = find("#numbers", HTMLElement);
const sheet = find("#sheet", HTMLElement);

const inTime = (seconds: number): string => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`);

function showWork(what: string, done: number, secondsLeft: number): void {
  share.value = done;
  numbers.textContent = `${what}: ${inTime(secondsLeft)} left.`;
}

function showStep(imagesPerSecond?: number): void {
  const secondsLeft = ((steps - step) * batch) / (imagesPerSecond ?? Number.NaN);
  if (phase.name === "stopping") {
    if (coolingFrom !== undefined) showWork("Last steps", (step - coolingFrom) / (steps - coolingFrom), secondsLeft);
    return;
  }
  share.value = step / steps;
  const speed = imagesPerSecond === undefined ? "" : `: ${imagesPerSecond.toFixed(0)} a second, ${inTime(secondsLeft)} left`;
  const about = coolingFrom === undefined ? "about " : ""; // it may cool down early
  numbers.textContent = `${looks(step)} of ${about}${looks(steps)} looks at your pictures${speed}.`;
}

/** So many steps, each of which looks at a batch of pictures. */
const looks = (count: number): string => (count * batch).toLocaleString("en");

/** The controls of each action. Where the phase does not allow it they do not exist. */
const CONTROLS: Readonly<Record<Action, readonly HTMLElement[]>> = {
  choose: chooseButtons,
  "try the example": [exampleButton, find("#credit", HTMLElement)],
  train: [trainButton],
  "learn more": [moreButton],
  pause: [pauseButton],
  stop: [stopButton],
  "exchange models": [exchangeButton],
  "leave the run": [leaveButton],
};

function update(): void {
  for (const [action, all] of Object.entries(CONTROLS)) for (const control of all) control.hidden = !allows(phase, action as Action);
  pauseButton.textContent = phase.name === "learning" && phase.isPaused ? "Go on" : "Pause";
  const hasPictures = countOf(classes) > 0;
  const verb = hasPictures && name !== EXAMPLE ? "Add" : "Choose";
  for (const [i, what] of ["pictures", "a folder"].entries()) chooseButtons[i].textContent = `${verb} ${what}`;
  trainButton.textContent = phase.name === "done" ? "Train anew" : "Train";
  trainButton.className = phase.name === "done" ? "" : "primary";
  const { outcome, other } = outcomes;
  leaveButton.hidden ||= outcome === undefined;
  exchangeButton.hidden ||= other === undefined;
  exchangeButton.textContent = other?.isNewer ? "On to the newer model" : "Back to the last model";
  const isRun = "run" in phase;
  find("#actions", HTMLElement).hidden = !hasPictures && !isRun && exchangeButton.hidden;
  for (const part of ["#training", "#progress"]) find(part, HTMLElement).hidden = !isRun;
  for (const note of ["#forecast", "#effect"]) find(note, HTMLElement).hidden = !hasPictures;
  find("#result", HTMLElement).hidden = isRun || outcome === undefined;
  find("#results", HTMLElement).hidden = hasPictures || outcome !== undefined;
  find("#effect", HTMLElement).textContent = phase.name === "reading" || phase.name === "another learns" ? "" : effectOfChange(phase);
  const isFixed = !allows(phase, "choose");
  drop.hidden = isFixed && phase.name !== "reading";
  const within = (selector: string) => document.querySelectorAll<HTMLButtonElement>(selector);
  for (const control of within("#classes > p button, .class .buttons button, #status button")) control.hidden = isFixed;
  for (const control of within(".thumbs button, .class input, #controls :is(input, select), #model-name")) control.disabled = isFixed;
  if (isStale && !isFixed && !document.hidden) readKept();
}

function showOutcomes(found: Outcomes): void {
  outcomes = found;
  if (!found.outcome) return;
  showResult(found.outcome, (outcome) => {
    outcomes = { ...outcomes, outcome };
    keepShown({ outcome });
    enter(phase.name === "done" ? rest() : phase);
  });
}

// What is kept: of an earlier visit, and by other tabs.

async function keepShown(changes: Changes): Promise<void> {
  if (!(await keepForAll(changes))) isWhole = false;
}

/** Shows what is kept. A run goes on, unless another tab learns: until that is done, nothing can be changed. */
async function readKept(): Promise<void> {
  isStale = false;
  enter({ name: "reading" });
  const found: Changes = isWhole ? await kept("pictures", "run", "outcome", "other") : { pictures: pictures(), ...outcomes };
  ({ name, classes } = found.run?.pictures ?? found.pictures ?? { name: NO_NAME, classes: [] });
  showOutcomes({ outcome: found.outcome, other: found.other });
  const isOtherLearning = await doesOneLearn();
  if (isOtherLearning) phase = { name: "another learns" };
  else if (!found.run) phase = rest();
  say(isOtherLearning ? effectOfChange(phase) : "");
  if (found.run) state.setLive({ crop: found.run.pictures.crop });
  else showPictures();
  if (found.run && !isOtherLearning) await begin({ type: "continue" });
  find("main", HTMLElement).dataset.read = "";
  sources.append(fileField, folderField);
  if (!isOtherLearning) return;
  await untilNoneLearns();
  isStale = true;
  enter(rest());
}

update();
if (await forgetOtherFormats())
  complain("What an earlier version of this page kept on this device cannot be read any more. It was deleted.");
onOthersChange(() => {
  isStale = true;
  update();
});
document.addEventListener("visibilitychange", update);
state.follow(showPictures);
enter(rest());
