// Finding words in what is read: all places are highlighted, and stepped through.

import { button, h, kbd, shortcut } from "./dom.js";
import { markText, textOf } from "./text.js";

/** @import { Finder } from "./types.js" */

const PARTS = ".ek-case-body, .ek-pane-body";

/**
 * A field that finds in case and responses. Nothing in the text is changed: what is found is
 * painted over it, so that it stays as it was written.
 * @param {HTMLElement} main
 * @returns {Finder}
 */
export function buildFinder(main) {
  /** @type {Range[]} */
  let places = [];
  let at = 0;
  const field = h("input", {
    type: "search",
    class: "ek-search",
    "aria-label": "Find in case and responses",
    placeholder: "Find",
    autocomplete: "off",
    spellcheck: "false",
    ...shortcut("/"),
  });
  const count = h("span", { class: "ek-found", role: "status" });
  const ways = h(
    "span",
    { class: "ek-ways" },
    count,
    button("‹", null, () => step(-1), { class: "ek-button ek-quiet", "aria-label": "Place before" }),
    button("›", null, () => step(1), { class: "ek-button ek-quiet", "aria-label": "Next place" }),
  );
  ways.hidden = true;
  const node = h(
    "div",
    { class: "ek-finder", role: "search" },
    h("label", { class: "ek-searching" }, field, kbd("/")),
    ways,
  );
  function look() {
    places = field.value.trim() ? placesOf(main, field.value) : [];
    at = 0;
    ways.hidden = !field.value.trim();
    paint();
    if (places.length) reach(places[at]);
  }
  function paint() {
    const words = places.length ? `${at + 1} of ${places.length}` : "Nothing found";
    count.textContent = field.value.trim() ? words : "";
    markText("ek-found", places);
    markText("ek-found-here", places.slice(at, at + 1));
  }
  /** @param {number} by */
  function step(by) {
    if (!places.length) return;
    at = (at + by + places.length) % places.length;
    paint();
    reach(places[at]);
  }
  function clear() {
    field.value = "";
    look();
    field.blur();
  }
  field.addEventListener("input", look);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") clear();
    else return;
    event.preventDefault();
  });
  // Raw and formatted text are different texts.
  const again = () => field.value.trim() && look();
  const watching = new MutationObserver(again);
  main.querySelectorAll(".ek-pane-body").forEach((body) => watching.observe(body, { childList: true }));
  return {
    node,
    focus: () => {
      field.focus();
      field.select();
    },
    forget: () => {
      watching.disconnect();
      places = [];
      paint();
    },
  };
}

/**
 * All places where the words stand, in reading order; any white space is as good as any other.
 * @param {HTMLElement} main
 * @param {string} words
 * @returns {Range[]}
 */
function placesOf(main, words) {
  const escaped = words.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const sought = new RegExp(escaped.replace(/\s+/g, "\\s+"), "giu");
  return [...main.querySelectorAll(PARTS)].flatMap((part) => {
    const { text, range } = textOf(part);
    return [...text.matchAll(sought)].map((match) => range(match.index, match[0].length));
  });
}

/**
 * Bring a place into view, out of what is folded.
 * @param {Range} place
 */
export function reach(place) {
  const element = place.startContainer.parentElement;
  for (let fold = element?.closest("details"); fold; fold = fold.parentElement?.closest("details")) {
    fold.open = true;
  }
  const part = element?.closest(PARTS);
  if (!part) return;
  const [box, frame] = [place.getBoundingClientRect(), part.getBoundingClientRect()];
  if (box.top >= frame.top && box.bottom <= frame.bottom) return;
  part.scrollBy({ top: box.top - frame.top - frame.height / 3, behavior: "instant" });
  const seen = place.getBoundingClientRect();
  if (seen.bottom > window.innerHeight || seen.top < 0) element?.scrollIntoView({ block: "center" });
}
