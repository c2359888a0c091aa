// The first case of a page that is loaded anew: drawn while Streamlit still loads its own program,
// with the looks that Streamlit gave it the last time. Streamlit then takes it into its page.

import { h } from "./dom.js";

/** @import { Host, PageData } from "./types.js" */

/** What Streamlit says of looks, and the styles beside this file use. */
const LOOKS = [
  "--st-background-color",
  "--st-code-background-color",
  "--st-code-font",
  "--st-font",
  "--st-link-color",
  "--st-orange-color",
  "--st-primary-color",
  "--st-secondary-background-color",
  "--st-text-color",
  "color-scheme",
];
const EARLY = "body > .ek-host";

/** Day and night have their own looks. */
const place = () =>
  `evalkit-looks-${window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"}`;

/**
 * Keep the looks of now for the next time the page is loaded.
 * @param {Element} element
 */
export function rememberLooks(element) {
  const style = getComputedStyle(element);
  const now = LOOKS.map((name) => [name, style.getPropertyValue(name)]);
  try {
    window.localStorage.setItem(place(), JSON.stringify(now));
  } catch {
    // a browser that keeps nothing: Streamlit draws the first case there
  }
}

/** @returns {[string, string][]} */
function looks() {
  try {
    return JSON.parse(window.localStorage.getItem(place()) ?? "[]");
  } catch {
    return [];
  }
}

/**
 * What came with the page itself, see pages/routes/first_case.py, and a place to draw it, over the
 * page that Streamlit is about to fill. Null where that page is to be waited for: where no case
 * came, the first time, and in a browser that cannot move what is in use.
 * @returns {{ host: Host, page: PageData } | null}
 */
export function comeEarly() {
  const element = document.getElementById("ek-page");
  element?.remove(); // what is read is on the screen, and nowhere else in the page
  const known = looks();
  if (!element || !known.length || !("moveBefore" in document.body)) {
    dropStyle();
    return null;
  }
  /** @type {Host} */
  const host = h("div", { class: "ek-host" });
  known.forEach(([name, value]) => host.style.setProperty(name, value));
  document.body.append(host);
  return { host, page: JSON.parse(element.textContent) };
}

/** Streamlit brings the same styles with its page. */
const dropStyle = () => document.getElementById("ek-style")?.remove();

/**
 * Tell whether Streamlit has not taken the screen into its page yet.
 * @param {Host} host
 */
export const isEarly = (host) => host.matches(EARLY);

/**
 * Take what was drawn early into Streamlit's page: focus, selected words, places and open dialogs
 * stay as they are.
 * @param {HTMLElement} page
 * @returns {Host | null}
 */
export function adopt(page) {
  /** @type {Host | null} */
  const host = document.querySelector(EARLY);
  if (!host) return null;
  const paintAgain = highlighted();
  const selectAgain = selected();
  page.moveBefore(host, null);
  paintAgain();
  selectAgain();
  LOOKS.forEach((name) => host.style.removeProperty(name));
  dropStyle();
  return host;
}

/** What is highlighted is none of it any more once it has been moved: returns how to say it again. */
function highlighted() {
  const ranges = [...CSS.highlights.values()].flatMap((marks) => [...marks]);
  const places = ranges.map(({ startContainer, startOffset, endContainer, endOffset }) => {
    return { startContainer, startOffset, endContainer, endOffset };
  });
  return () =>
    places.forEach(({ startContainer, startOffset, endContainer, endOffset }, index) => {
      const range = /** @type {Range} */ (ranges[index]);
      range.setStart(startContainer, startOffset);
      range.setEnd(endContainer, endOffset);
    });
}

/** What is selected is none of it any more either; a field keeps its own. */
function selected() {
  const selection = window.getSelection();
  if (!selection || document.activeElement?.matches("input, textarea")) return () => {};
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  if (!anchorNode || !focusNode) return () => {};
  return () => selection.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
}
