// The steps of a response that is a conversation or a trajectory: each can be marked as a whole,
// and shows its marks. What the user wrote is not the model's, and nobody marks errors in it.

import { button, h } from "./dom.js";
import { EMPTY, spanButton } from "./spans.js";

/** @import { Mark, ResponseData, Side, Spans, TaskData } from "./types.js" */

/**
 * Which step stands at a place of the raw text.
 * @param {ResponseData} response
 * @param {number} point
 * @returns {number | null}
 */
export function stepAt({ steps }, point) {
  const step = (steps ?? []).findIndex(([start, end]) => start <= point && point < end);
  return step < 0 ? null : step;
}

/**
 * Whether errors may be marked in a step; a response that has none is a model's.
 * @param {ResponseData} response
 * @param {number | null} step
 */
export const isOfModel = ({ steps }, step) => step === null || (steps[step]?.[2] ?? true);

/**
 * Give each step of the responses a line with its marks and the way to one more.
 * @param {object} about
 * @param {TaskData} about.data
 * @param {Side[]} about.sides
 * @param {Spans} about.spans
 * @param {(side: Side) => HTMLElement} about.body
 * @param {(side: Side, mark: Mark, isNew: boolean) => void} about.onopen
 */
export function offerSteps({ data, sides, spans, body, onopen }) {
  /** @param {Side} side */
  function paint(side) {
    const response = /** @type {ResponseData} */ (data[side]);
    const elements = body(side).querySelector(".ek-steps")?.children ?? [];
    [...elements].forEach((element, step) => {
      if (!isOfModel(response, step)) return;
      const marks = spans.of(side).filter((mark) => mark.step === step && mark.quote === null);
      const chips = marks.map((mark) => spanButton({ spans, mark, onopen: () => onopen(side, mark, false) }));
      const words = { class: "ek-button ek-quiet", "aria-label": `Mark step ${step + 1} as a whole`, "aria-haspopup": "dialog" };
      const more = button("Mark step", null, () => onopen(side, { ...EMPTY, step }, true), words);
      // The keyboard has "+" and ".", and the list of the form: here it would stop twice a step.
      [...chips, more].forEach((way) => way.setAttribute("tabindex", "-1"));
      lineOf(element).replaceChildren(...chips, more);
    });
  }
  const own = sides.filter((side) => data[side]?.steps?.length);
  const watching = new MutationObserver(() => own.forEach(paint)); // raw, and formatted again
  for (const side of own) {
    watching.observe(body(side), { childList: true });
    paint(side);
  }
  const deaf = own.length ? spans.hear((side) => own.includes(side) && paint(side)) : () => {};
  return {
    close: () => {
      watching.disconnect();
      deaf();
    },
  };
}

/**
 * The line of a step: beside its heading, or on top of what is folded.
 * @param {Element} element
 */
function lineOf(element) {
  const known = element.querySelector(":scope > .ek-step-line, :scope > .ek-content > .ek-step-line");
  if (known) return known;
  const line = h("div", { class: "ek-step-line" });
  if (element.localName === "details") element.querySelector(":scope > .ek-content")?.prepend(line);
  else element.querySelector(":scope > .ek-role")?.after(line);
  return line;
}
