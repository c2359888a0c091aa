// A submission was refused, and its case is there no more to be shown with it.

import { isPassing, refusal } from "./saving.js";

/** @import { Answer, Dispatch } from "./types.js" */

/**
 * Tell by what the server answered for a case whether it is gone for who sent this: removed, or
 * skipped by now. Who is signed out, or may not annotate, may do so again another time.
 * @param {Dispatch} entry
 * @param {Answer} loaded
 */
export function isGone({ body }, loaded) {
  if (isPassing(loaded) || loaded.status === 401 || loaded.status === 403) return false;
  // Where an older database was put back the number may be another case's by now.
  return loaded.status !== 200 || loaded.body.task?.token !== body.token;
}

/**
 * Why it was not stored, with what they wrote, which stands nowhere else.
 * @param {Dispatch} entry
 * @param {Answer} answer
 */
export function lossOf({ body }, answer) {
  const comment = body.draft?.comment || body.note;
  const copy = comment ? ` Your comment on it: “${comment}”` : "";
  return `A case from before was not stored. ${refusal(answer)}${copy}`;
}
