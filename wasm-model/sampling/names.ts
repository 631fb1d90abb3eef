/** The samplers' names. A file of their own, without the schema of the settings: the widget's script needs the names alone. */
export const SAMPLERS = ["langevin", "cas", "ald", "kinetic", "euler", "heun", "ipndm3", "ipndm4"] as const;
export type SamplerName = (typeof SAMPLERS)[number];
