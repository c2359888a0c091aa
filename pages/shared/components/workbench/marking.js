// Marking words on one screen: what is chosen leads to the palette, and so does a mark.

import { caretOf } from "./caret.js";
import { singleKeys } from "./keys.js";
import { selecting } from "./selecting.js";
import { sidesOf } from "./sides.js";
import { offerSteps } from "./steps.js";

/** @import { Mark, Screen, Side, WordMarking } from "./types.js" */

/** @type {WordMarking} */
const NOTHING = { mark: () => false, begin: () => false, onkey: () => false, close: () => {} };

/**
 * The key that marks the whole step of the words chosen; else it is typed into a score.
 * @param {KeyboardEvent} event
 */
const isStep = ({ key, ctrlKey, altKey, metaKey }) =>
  key === "." && !singleKeys.isOff && !(ctrlKey || altKey || metaKey);

/**
 * Let words be marked, where the study asks for errors.
 * @param {Screen} screen
 * @returns {WordMarking}
 */
export function buildMarking({ root, data, form, panes }) {
  const { spans } = form;
  if (!spans) return NOTHING;
  const sides = sidesOf(data);
  /**
   * @param {Side} side
   * @param {Mark} mark
   * @param {boolean} isNew
   */
  const onopen = (side, mark, isNew) =>
    void form.openSpan(side, mark, isNew, () => (caret.isOn() ? caret.paint() : words.forget()));
  const words = selecting({ root, data, panes: panes.panes, sides, spans, onopen });
  const caret = caretOf({
    selecting: words,
    sides,
    edit: (side, offset) => {
      const [mark] = words.marksAt(side, offset);
      if (mark) onopen(side, mark, false);
      return Boolean(mark);
    },
  });
  const steps = offerSteps({ data, sides, spans, body: words.body, onopen });
  /** Where somebody reads: what was last scrolled or clicked, of what is seen. */
  const sideRead = () => {
    const seen = sides.filter((side) => words.body(side).checkVisibility());
    return seen.find((side) => words.body(side).closest("[data-reading]")) ?? seen[0];
  };
  // A mouse or Tab means something else.
  const leave = (/** @type {Event} */ event) => {
    if (event.type === "pointerdown" || !(event.target instanceof Element && event.target.closest(".ek-pane-body, .ek-palette"))) caret.end();
  };
  root.addEventListener("pointerdown", leave);
  root.addEventListener("focusin", leave);
  return {
    mark: () => words.mark(),
    begin: () => {
      const side = words.chosen()?.side ?? sideRead();
      if (side === undefined || !words.body(side).textContent) return false;
      if (words.place(side).isPlaced) return caret.begin(side);
      panes.toggleRaw(); // as of a trajectory
      queueMicrotask(() => caret.begin(side)); // once it is noticed that the text is another
      return true;
    },
    onkey: (event) => caret.onkey(event) || (isStep(event) && words.markStep()),
    close: () => {
      steps.close();
      words.close();
    },
  };
}
