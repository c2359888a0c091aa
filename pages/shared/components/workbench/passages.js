// What is folded in the case, and how "[1]" in a response leads to Passage 1.

import { h } from "./dom.js";
import { setRoom } from "./room.js";

/**
 * Open all that is folded in the case, or fold it all again where all is open.
 * @param {Element} body of the case
 * @returns {boolean} whether there is anything
 */
export function openAll(body) {
  const folds = [...body.querySelectorAll("details")];
  const isOpen = folds.every((fold) => fold.open);
  folds.forEach((fold) => (fold.open = !isOpen));
  return folds.length > 0;
}

/**
 * Make each "[1]" in a response lead to the passage of that number, where there is one.
 * @param {Element} text
 * @param {number} nPassages
 * @param {(number: number) => void} lead
 */
export function linkPassages(text, nPassages, lead) {
  if (!nPassages) return;
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  /** @type {Text[]} */
  const nodes = [];
  while (walker.nextNode()) nodes.push(/** @type {Text} */ (walker.currentNode));
  for (const node of nodes) {
    if (!node.data.includes("[") || node.parentElement?.closest("code, pre, math, .ek-link")) continue;
    const parts = node.data.split(/(\[\d+\])/);
    if (parts.length < 2) continue;
    node.replaceWith(
      ...parts.map((part) => {
        const number = Number(/^\[(\d+)\]$/.exec(part)?.[1]);
        if (!(number >= 1 && number <= nPassages)) return part;
        const words = { type: "button", class: "ek-cite", "aria-label": `Passage ${number}` };
        return h("button", { ...words, onclick: () => lead(number) }, part);
      }),
    );
  }
}

/**
 * Show a passage of the case: unfolded, in view, and with the focus.
 * @param {Element} body of the case
 * @param {number} number
 */
export function showPassage(body, number) {
  const passage = body.querySelectorAll("details.ek-passage")[number - 1];
  if (!(passage instanceof HTMLDetailsElement)) return;
  setRoom(body, "");
  passage.open = true;
  const [box, frame] = [passage.getBoundingClientRect(), body.getBoundingClientRect()];
  body.scrollBy({ top: box.top - frame.top - 4, behavior: "instant" });
  const summary = passage.querySelector("summary");
  summary?.focus({ preventScroll: true });
  passage.scrollIntoView({ block: "nearest" });
  for (const other of body.querySelectorAll(".ek-cited")) other.classList.remove("ek-cited");
  passage.classList.add("ek-cited");
}
