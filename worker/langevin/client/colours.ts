/** The style sheet's colours, for canvases. */

export type Colour = readonly [red: number, green: number, blue: number];

export interface Colours {
  readonly law: Colour;
  readonly arrow: Colour;
  /** From cold to hot. */
  readonly heat: readonly Colour[];
  readonly ink: Colour;
}

const NAMES = ["--law", "--arrow", "--ink", "--blue", "--purple", "--bronze", "--straw"] as const;

/** As they are now: they change with the colour scheme. */
export function coloursNow(): Colours {
  const probes = NAMES.map((name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    return probe;
  });
  document.body.append(...probes);
  const [law, arrow, ink, ...heat] = probes.map((probe): Colour => {
    const [red, green, blue] = getComputedStyle(probe)
      .color.match(/[\d.]+/g)!
      .map(Number);
    return [red!, green!, blue!];
  });
  for (const probe of probes) probe.remove();
  return { law: law!, arrow: arrow!, ink: ink!, heat };
}

/** The colour of a heat, 0 to 1. */
export function heatColour({ heat }: Colours, value: number): Colour {
  const place = value * (heat.length - 1);
  const i = Math.min(heat.length - 2, Math.floor(place));
  const [from, to] = [heat[i]!, heat[i + 1]!];
  const mixed = (channel: 0 | 1 | 2) => from[channel] + (place - i) * (to[channel] - from[channel]);
  return [mixed(0), mixed(1), mixed(2)];
}

export const css = ([red, green, blue]: Colour, alpha = 1): string => `rgb(${red} ${green} ${blue} / ${alpha})`;
