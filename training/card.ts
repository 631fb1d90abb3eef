/** `anneal card`: renders a model's README.md again from its record.json, for example after a note was added. */
import { join } from "node:path";
import { newVerb, printJson, runCommandLine, withJson } from "./cli/command-line.ts";
import { PAGE, updateCard } from "./record/card-section.ts";

await runCommandLine(async () => {
  const command = withJson(newVerb("card"))
    .description(
      "Renders a model's README.md from the card in its model.onnx and from record.json. The `intendedUse`, `limits` and `notes` there are paragraphs written by hand.",
    )
    .argument("<folder>", "the folder of an exported model")
    .parse(process.argv);
  const [folder] = command.args;
  updateCard(folder, (record) => record);
  const page = join(folder, PAGE);
  console.log(`wrote ${page}`);
  printJson(command.opts<{ json: boolean }>(), { folder, page });
});
