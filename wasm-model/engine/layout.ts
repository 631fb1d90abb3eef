/**
 * The record of one step of a program in linear memory: byte offsets of 32-bit fields. The planner writes it and the
 * kernels (assembly/) read it. This file is compiled into both, so it contains only numbers.
 *
 * Every step has two halves. A *producer* (`KIND`) fills a strip: for each pixel the raw values of 8 output channels.
 * The *epilogue* turns the strip into what the next steps read,
 *   y = multiplier[o] (strip - correction[o]) + firstWeight first + secondWeight second,
 * stored as float32 (`VALUES`), uint7 codes (`CODES`), or both. An address field is 0 if its part is absent.
 */

// --- kinds of producers
/** int8 x uint7 -> int32 convolution by dot products (relaxed build only). */
export const DIRECT = 0;
/** int8 x uint7 -> int32 convolution by Winograd's algorithm in 16 bits, 3x3 by tiles of 2x2 pixels. */
export const WINOGRAD = 1;
/** The same by tiles of 4x4 pixels, 3x3 only. */
export const WINOGRAD_4 = 7;
/** float32 convolution 3x3 (the first one). */
export const CONVOLUTION_F32 = 2;
/** Sum of 2x2 pixels of a float32 map. */
export const POOL = 3;
/** Nearest neighbour of a float32 map of half the size. */
export const UPSAMPLE = 4;
/** Image -> zero-padded float32 map of 2x2 pixels as channels; has no epilogue. */
export const IMAGE_IN = 5;
/** Float32 map of 2x2 pixels as channels, and the noisy image -> denoised image; has no epilogue. */
export const IMAGE_OUT = 6;

// --- the step's shape: output pixels, channels (multiples of 8 in quantized steps), kernel size 1 or 3
export const KIND = 0;
export const HEIGHT = 4;
export const WIDTH = 8;
export const INPUTS = 12;
export const OUTPUTS = 16;
export const KERNEL = 20;

// --- the producer
/** Address of the source; for a convolution, of the first byte of pixel 0's window. */
export const SOURCE = 24;
/** Bytes from one row of the source to the next. */
export const SOURCE_ROW = 28;
/** u32 per pixel: byte offset of its window in the source; padded to a multiple of four by repeating the last one. */
export const SOURCE_OFFSETS = 32;
export const WEIGHTS = 36;
/** 8 values of 4 bytes per pixel. */
export const STRIP = 40;
/** Scratch memory of WINOGRAD and WINOGRAD_4. */
export const SCRATCH = 44;

// --- the epilogue
/** f32 per output channel. */
export const MULTIPLIERS = 48;
/** i32 per output channel. */
export const CORRECTIONS = 52;
export const FIRST = 56;
export const FIRST_WEIGHT = 60;
export const SECOND = 64;
export const SECOND_WEIGHT = 68;
export const VALUES = 72;
/** Address of pixel 0 (inside the border). */
export const CODES = 76;
/** u32 per pixel: byte offset of its codes. */
export const CODE_OFFSETS = 80;
/** code = clamp(roundHalfEven(CODE_FACTOR a) + ZERO_POINT, 0, 127), where a = y, or y sigmoid(y) if SILU is 1. */
export const CODE_FACTOR = 84;
export const ZERO_POINT = 88;
export const SILU = 92;

// --- image steps (HEIGHT and WIDTH count image pixels, OUTPUTS image channels)
/** IMAGE_IN: cIn; IMAGE_OUT: cSkip. */
export const IMAGE_FACTOR = 96;
/** IMAGE_OUT: address of the float32 map; IMAGE_IN: of the padded map's first inner pixel. */
export const IMAGE_MAP = 100;
/** Bytes from one row of that map to the next, and from one pixel to the next. */
export const IMAGE_MAP_ROW = 104;
export const IMAGE_MAP_PIXEL = 108;
/** IMAGE_OUT: address of the result. */
export const IMAGE_RESULT = 112;

export const STEP_BYTES = 128;
