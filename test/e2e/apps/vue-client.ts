/** A page of Vue: an image with a child, the word that it is drawn, and a button for another one. */
import { createApp, h, ref } from "vue";
import type { LoadDetail } from "../../../worker/element/embed.d.ts";

createApp({
  setup() {
    const seed = ref("7");
    const told = ref("nothing");
    const onLoad = ({ detail }: CustomEvent<LoadDetail>) => {
      told.value = `drawn ${detail.image.seed}`;
    };
    const another = () => {
      seed.value = "8";
    };
    const child = () => h("img", { src: "data:image/gif;base64,R0lGODlhAQABAAAAACw=", alt: "" });
    return () =>
      h("main", [
        h("anneal-sample", { seed: seed.value, label: "plant", steps: 2, animated: "", class: "avatar", onLoad }, [child()]),
        h("output", told.value),
        h("button", { onClick: another }, "Another"),
      ]);
  },
}).mount("#app");
