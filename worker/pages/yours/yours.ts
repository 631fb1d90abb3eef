/** Your pictures: chosen, learned on this device, and what became of them. */
import { MOST_COLOURS } from "../../../training/data/pixel-art.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { button, element, find, speaker, zipMaker } from "../shared/dom.ts";
import { prepareToDraw } from "../shared/draw.ts";
import { canvasOf } from "../shared/pixels.ts";
import { showBoxes } from "./boxes.ts";
import { type Example, loadExample } from "./example.ts";
import { Machine } from "./machine.ts";
import { giveOwnership, onAsked, takeOwnership } from "./owner.ts";
import { EXAMPLES, folderOf, type PictureSet, sightOf } from "./picture-set.ts";
import { type Chosen, chosenFiles, droppedFiles, readFiles } from "./pictures.ts";
import type { Crop } from "./protocol.ts";
import { allows, type Event } from "./reduce.ts";
import { showResult, startResult } from "./result.ts";
import { hasPictures, isPaused, isRun, NOT_KEPT, type State } from "./state.ts";
import { open as openStore, persist, runKey } from "./store.ts";
import { forecastFor, modelFiles, startLearner } from "./threads.ts";
import { cropNote, sightNote, statusNote, workNote } from "./words.ts";

history.scrollRestoration = "manual"; // what is kept comes late, above where one was
await nextTurn(); // a page made at once is a long task

const machine = new Machine(
  {
    ...{ takeOwnership, giveOwnership, open: openStore, persist },
    load(effect, onProgress) {
      const source = effect.source as Chosen | Example;
      return typeof source === "string" ? loadExample(source) : readFiles(source, effect, onProgress);
    },
    learn(set, run, begin, hear) {
      prepareToDraw();
      for (const loading of [modelFiles(), zipMaker()]) loading.catch(() => undefined); // there may be no network when it is done
      navigator.storage?.persist?.().catch(() => undefined);
      return startLearner({ folder: folderOf(set), key: runKey(run), begin }, hear);
    },
  },
  show,
);
const send = (event: Event): void => machine.send(event);
const edit = (of: (set: PictureSet) => PictureSet): void => send({ type: "edit", of });
onAsked(() => send({ type: "let go" }));
startResult(machine);

// What the visitor chooses.

/** The group that the files of a dialog are added to. */
let into: string | undefined;

const dialogs = [
  { id: "files", accept: "image/*,.onnx" },
  { id: "folder", webkitdirectory: true },
].map((properties) => {
  const field = element("input", { type: "file", hidden: true, multiple: true, ...properties });
  field.addEventListener("change", () => {
    send({ type: "choose", source: chosenFiles(field.files!), into });
    field.value = "";
  });
  return field;
});
function openDialog(dialog: HTMLInputElement, key?: string): void {
  into = key;
  dialog.click();
}
const chooseButtons = dialogs.map((one) => button("", () => openDialog(one)));
const exampleButtons = Object.entries(EXAMPLES).map(([source, { classes, ofEach }]) =>
  button(`Try it with ${classes.length * ofEach} ${source}`, () => send({ type: "choose", source })),
);
find("#sources", HTMLElement).append(...chooseButtons, ...exampleButtons);

const drop = find("#drop", HTMLElement);
for (const type of ["dragover", "dragleave", "drop"] as const) {
  document.addEventListener(type, async (event) => {
    event.preventDefault();
    drop.toggleAttribute("data-over", type === "dragover");
    const { dataTransfer } = event;
    if (type === "drop" && dataTransfer?.types.includes("Files")) send({ type: "choose", source: await droppedFiles(dataTransfer.items) });
  });
}

const [cropField, coloursField] = ["#field-crop", "#field-colours"].map((id) => find(id, HTMLSelectElement));
cropField.addEventListener("change", () => edit((set) => ({ ...set, crop: cropField.value as Crop })));
coloursField.addEventListener("change", () => edit((set) => ({ ...set, colours: coloursField.value === "all" ? "all" : MOST_COLOURS })));

function train(): void {
  const [images, seed, from] = ["#images", "#seed", "#start-from"].map((id) => find(id, HTMLInputElement));
  if (!images.validity.valid) images.closest("details")?.toggleAttribute("open", true); // what is closed shows no message
  if (!images.reportValidity()) return;
  const begin = { images: images.value === "" ? undefined : images.valueAsNumber, seed: seed.value || "anneal", from: from.files?.[0] };
  send({ type: "train", begin });
}

function useHere(): void {
  const { isKept } = machine.state;
  if (isKept || confirm("What this tab could not keep will be gone. Use it here all the same?")) send({ type: "use here" });
}

function giveUp(): void {
  const stays = machine.state.model ? "Your last model stays." : "Your pictures stay.";
  if (confirm(`Give up this run? What it has learned is lost. ${stays}`) && isRun(machine.state)) send({ type: "give up" });
}

const trainButton = button("", train);

/** The button of each wish, in their order. Where the wish is not allowed there is none. */
const BUTTONS = {
  "use here": button("Use it here", useHere, { className: "primary" }),
  "learn more": button("Learn more", () => send({ type: "learn more" }), { className: "primary" }),
  train: trainButton,
  clear: button("New pictures", () => send({ type: "clear" })),
  "go on": button("Go on", () => send({ type: "go on" })),
  pause: button("Pause", () => send({ type: "pause" })),
  stop: button("Stop", () => send({ type: "stop" })),
  "give up": button("Give up this run", giveUp),
  back: button("Back to the model before", () => send({ type: "back" })),
};
find("#buttons", HTMLElement).append(...Object.values(BUTTONS));

// What is shown.

const [say, sayTenth, sayOfPictures, sayForecast, sayProblem] = ["#status", "#tenth", "#picture-status", "#forecast", "#problem"].map(
  speaker,
);
const share = find("#share", HTMLProgressElement);

/** Shows the state: each part only if what it shows has changed. */
function show(state: State, before: State): void {
  const hadFocus = document.activeElement !== document.body;
  const { set, phase, progress } = state;
  const { sheet } = progress;
  const isOtherPhase = phase.name !== before.phase.name || isPaused(state) !== isPaused(before);
  if (phase.name !== "opening" && (set !== before.set || before.phase.name === "opening")) showPictures(state);
  if (progress !== before.progress || isOtherPhase) showProgress(state, before);
  if (sheet !== before.progress.sheet) find("#sheet", HTMLElement).replaceChildren(...sheet.map((image) => canvasOf(image)));
  showResult(state, before, machine);
  showSentences(state, before);
  if (isOtherPhase || set !== before.set || state.model !== before.model || state.previous !== before.previous) showControls(state, before);
  if (isRun(state) !== isRun(before) && before.phase.name !== "opening" && phase.name !== "elsewhere")
    find(isRun(state) ? "#training" : "#result", HTMLElement).scrollIntoView({ block: "start" });
  const hasFocus = (): boolean => document.activeElement !== document.body && document.activeElement!.checkVisibility();
  isFocusLost = (isFocusLost || hadFocus) && !hasFocus();
  if (isFocusLost) focusNext(state);
}

/** Whether what had the focus is gone, and nothing has it since. */
let isFocusLost = false;

/** Moves the focus to what comes next, or to what came of a run. */
function focusNext({ phase, status }: State): void {
  const isDone = phase.name === "open" && status !== "";
  const next = isDone ? find("#result-title", HTMLElement) : document.querySelector<HTMLElement>("#buttons :not([hidden])");
  next?.focus({ preventScroll: true });
}

function showPictures(state: State): void {
  const { set } = state;
  showBoxes(state, edit, (key) => openDialog(dialogs[0], key));
  find("#crop-note", HTMLElement).textContent = cropNote(set);
  cropField.parentElement!.hidden = sightOf(set).isUnscaled;
  coloursField.value = sightOf(set).palette ? `${MOST_COLOURS}` : "all";
  cropField.value = set.crop;
  tellForecast(state);
}

/** Milliseconds that the pictures stay as they are before it is said what to expect of them. */
const REST = 500;
let forecasting = new AbortController();

async function tellForecast(state: State): Promise<void> {
  forecasting.abort();
  forecasting = new AbortController();
  const { signal } = forecasting;
  sayForecast("");
  if (!hasPictures(state)) return;
  await new Promise((resolve) => setTimeout(resolve, REST));
  const forecast = signal.aborted ? "" : await forecastFor(state.set, signal);
  if (!signal.aborted) sayForecast(forecast);
}

function showProgress(state: State, before: State): void {
  const { progress, phase } = state;
  const { share: done, sentence } = workNote(state);
  if (done === undefined) share.removeAttribute("value");
  else share.value = done;
  find("#numbers", HTMLElement).textContent = sentence;
  const tenth = (one: State): number => Math.floor((10 * one.progress.step) / one.progress.steps);
  const isOn = phase.name === "learning" && progress.steps === before.progress.steps;
  if (isOn && tenth(state) > tenth(before)) sayTenth(`${10 * tenth(state)} % learned.`);
}

function showSentences(state: State, before: State): void {
  const { set, removed, phase } = state;
  const status = statusNote(state);
  if (status !== statusNote(before) || removed !== before.removed) {
    say(status || (removed ? `Removed ${removed.what}. ` : ""));
    if (!status && removed) find("#status", HTMLElement).append(button("Undo", () => edit(() => removed.before)));
  }
  const problemOf = ({ problem, isKept }: State): string => [problem, isKept ? "" : NOT_KEPT].filter(Boolean).join("\n");
  const problem = problemOf(state);
  if (problem !== problemOf(before)) {
    sayProblem(problem);
    if (problem) find("#problem", HTMLElement).scrollIntoView({ block: "nearest" }); // a phone may have scrolled it away
  }
  if (phase.name === "reading") sayOfPictures(phase.of === undefined ? "" : `${phase.done} of ${phase.of} files read.`);
  else if (phase.name !== "opening" && (set !== before.set || phase !== before.phase))
    sayOfPictures(hasPictures(state) ? sightNote(set) : phase.name === "elsewhere" ? "" : "No pictures yet.");
}

function showControls(state: State, before: State): void {
  const { phase, set, model } = state;
  for (const [type, button] of Object.entries(BUTTONS)) button.hidden = !allows(state, type as keyof typeof BUTTONS);
  const [has, isFixed, isOn] = [hasPictures(state), !allows(state, "choose"), isRun(state)];
  BUTTONS.clear.hidden ||= !model;
  for (const one of chooseButtons) one.hidden = isFixed;
  for (const one of exampleButtons) one.hidden = isFixed || has;
  const verb = has && !set.isExample ? "Add" : "Choose";
  for (const [i, what] of ["pictures", "a folder"].entries()) chooseButtons[i].textContent = `${verb} ${what}`;
  trainButton.textContent = model ? "Train anew" : "Train";
  trainButton.className = model ? "" : "primary";
  find("#actions", HTMLElement).hidden = Object.values(BUTTONS).every(({ hidden }) => hidden) && !isOn && !has;
  for (const part of ["#training", "#progress"]) find(part, HTMLElement).hidden = !isOn;
  find("#result", HTMLElement).hidden = isOn || model === undefined;
  find("#pictures", HTMLElement).hidden = isOn || phase.name === "elsewhere";
  find("#results", HTMLElement).hidden = has || model !== undefined;
  for (const part of ["#classes", "#controls"]) Object.assign(find(part, HTMLElement), { hidden: !has, inert: isFixed });
  if (before.phase.name !== "opening" || phase.name === "opening") return;
  find("main", HTMLElement).dataset.read = "";
  find("#sources", HTMLElement).append(...dialogs);
  if (model) modelFiles().catch(() => undefined);
}

machine.open();
