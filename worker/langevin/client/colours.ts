/** The style sheet's colours, for canvases. */

export type Rgb = readonly [red: number, green: number, blue: number];

export interface Palette {
  readonly target: Rgb;
  readonly arrow: Rgb;
  /** From cold to hot. */
  readonly heat: readonly Rgb[];
  readonly ink: Rgb;
}

const NAMES = ["--target", "--arrow", "--ink", "--blue", "--purple", "--bronze", "--straw"] as const;

/** The present colours; they change with the colour scheme. */
export function coloursNow(): Palette {
  const probes = NAMES.map((name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    return probe;
  });
  document.body.append(...probes);
  const [target, arrow, ink, ...heat] = probes.map((probe): Rgb => {
    const [red, green, blue] = getComputedStyle(probe)
      .color.match(/[\d.]+/g)!
      .map(Number);
    return [red!, green!, blue!];
  });
  for (const probe of probes) probe.remove();
  return { target: target!, arrow: arrow!, ink: ink!, heat };
}

export function heatColour({ heat }: Palette, value: number): Rgb {
  const place = value * (heat.length - 1);
  const i = Math.min(heat.length - 2, Math.floor(place));
  const [from, to] = [heat[i], heat[i + 1]];
  const mixed = (channel: 0 | 1 | 2) => from[channel] + (place - i) * (to[channel] - from[channel]);
  return [mixed(0), mixed(1), mixed(2)];
}

export const css = ([red, green, blue]: Rgb, alpha = 1): string => `rgb(${red} ${green} ${blue} / ${alpha})`;
