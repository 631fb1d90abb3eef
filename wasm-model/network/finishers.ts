/** The small networks that finish images: each reads an image alone, in RGB (grey is repeated), and only convolves. */
import { enlargerNetwork } from "./enlarger.ts";
import { matteNetwork } from "./matte.ts";

export const FINISHERS = { enlarger: enlargerNetwork, matte: matteNetwork } as const;

export type FinisherName = keyof typeof FINISHERS;

export const FINISHER_NAMES = Object.keys(FINISHERS) as FinisherName[];
