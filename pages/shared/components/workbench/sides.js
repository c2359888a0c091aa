// The responses on a screen: how data names them, and how people do.

/** @import { Side, TaskData } from "./types.js" */

/** @type {Side[]} */
export const SIDES = ["left", "right", "third", "fourth", "fifth"];
/** @type {Record<Side, string>} */
export const LETTER = { left: "A", right: "B", third: "C", fourth: "D", fifth: "E" };

/**
 * The sides on which a case shows a response.
 * @param {Partial<Pick<TaskData, Side>>} data
 */
export const sidesOf = (data) => SIDES.filter((side) => data[side]);
