// What was entered and not stored yet when its page went: kept by this tab until the case is shown
// again. The server may give out that page before it hears of what the last one still sent.

import { sender } from "./saving.js";

/** @import { Judgement, TaskData } from "./types.js" */

/** Each account has its own: nothing of it is another's to see. */
const place = () => `evalkit-left-${sender.account}`;

/** @param {Judgement} judgement */
export function leaveBehind(judgement) {
  try {
    window.sessionStorage.setItem(place(), JSON.stringify(judgement));
  } catch {
    // a browser that keeps nothing, or has no room: it is only sent
  }
}

/**
 * What was left of a case, if the server has nothing of it that is as new: what it has is what that
 * opening began with, or an earlier draft of it. Whatever came since is from elsewhere, and newer.
 * @param {TaskData} data
 * @returns {Judgement | null}
 */
export function leftOf({ token, draft_mark: mark }) {
  const left = read();
  if (left?.token !== token) return null;
  const { session, number, opened_on: openedOn } = left;
  const isOwn = mark.startsWith(`${session}.`);
  const isOlder = isOwn ? Number(mark.slice(session.length + 1)) < number : mark === openedOn;
  return isOlder ? left : null;
}

/**
 * Forget what was left of a case; false where nothing is.
 * @param {Pick<TaskData, "token">} data
 */
export function forgetLeft({ token }) {
  if (read()?.token !== token) return false;
  window.sessionStorage.removeItem(place());
  return true;
}

/** @returns {Judgement | null} */
function read() {
  try {
    return JSON.parse(window.sessionStorage.getItem(place()) ?? "null");
  } catch {
    return null;
  }
}
