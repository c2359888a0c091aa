// The two responses: how data names them, and how people do.

/** @import { Side } from "./types.js" */

/** @type {Side[]} */
export const SIDES = ["left", "right"];
/** @type {Record<Side, string>} */
export const LETTER = { left: "A", right: "B" };
