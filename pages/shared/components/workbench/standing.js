// How things stand with the case on the screen: said in the footer, and what may be done now.

/** @import { Screen } from "./types.js" */

/**
 * Say how saving stands; what is on its way to the server is said before it.
 * @param {Screen} screen
 * @param {string} words
 * @param {string} kind
 */
export function say(screen, words, kind = "") {
  screen.words = words;
  screen.kind = kind;
  paintStatus(screen);
}

/**
 * Of this very case what it is doing is said, and only what holds it up besides.
 * @param {Screen} screen
 */
export function paintStatus({ desk, status, words, kind, sending, withdrawing }) {
  const { last, skipped } = desk.memory;
  const mayUndo = last !== null && Date.now() < last.until && !skipped.length;
  if (mayUndo && !withdrawing.isConnected) status.after(withdrawing);
  else if (!mayUndo) withdrawing.remove();
  const way = desk.outbox.words();
  const isHeldUp = way.startsWith("Not");
  const parts = sending ? [isHeldUp ? way : words] : [way, words];
  const text = parts.filter(Boolean).join(" · ");
  if (status.textContent !== text) status.textContent = text; // said aloud once
  status.dataset.kind = isHeldUp ? "bad" : kind;
}

/**
 * Say what keeps the annotator here, with what helps where there is something.
 * @param {Screen} screen
 * @param {string} words
 * @param {Node[]} remedies
 */
export function complain(screen, words, ...remedies) {
  screen.isListing = screen.isStuck = false;
  screen.problem.replaceChildren(words, ...remedies.flatMap((remedy) => [" ", remedy]));
}

/**
 * live → busy (a request decides what comes next) → leaving, or live again.
 * @param {Screen} screen
 * @param {Screen["state"]} state
 */
export function become(screen, state) {
  const isLive = state === "live";
  screen.state = state;
  screen.root.dataset.state = state;
  screen.root.setAttribute("aria-busy", String(!isLive));
  screen.form.node.inert = !isLive;
  screen.submitting.disabled = !isLive;
  screen.ways.forEach(([element, isOpen]) => (element.disabled = !isLive || !isOpen));
}

/**
 * Say how far the annotator is, by what the server counts and what is on its way to it.
 * @param {Screen} screen
 * @param {number} done
 * @param {number} total
 */
export function sayProgress({ data, root, desk, sending }, done, total) {
  data.done = done + desk.outbox.pending(data.study_id, sending?.id);
  data.total = total;
  const count = root.querySelector(".ek-count");
  const bar = root.querySelector(".ek-progress-done");
  if (count) count.textContent = progressWords(data);
  if (bar instanceof HTMLElement) bar.style.width = progressShare(data);
}

/** @param {{ done: number, total: number }} progress */
export const progressWords = ({ done, total }) => `${done} done, about ${total - done} to go`;

/** @param {{ done: number, total: number }} progress */
export const progressShare = ({ done, total }) =>
  `${total ? Math.min(1, done / total) * 100 : 0}%`;
