// Reading on by key: the case, then response A, then B, a page or a few lines at a time.

/** @import { Reading } from "./types.js" */

const LINES = 72; // px: three lines
const OVERLAP = 56; // px of a page that are seen again on the next

/**
 * Read on with keys in what was last clicked, scrolled or focused, at first in the case; what has
 * come to its end hands over to the next. Where the page scrolls as a whole, it is the page.
 * @param {HTMLElement} root
 * @returns {Reading}
 */
export function readingByKey(root) {
  /** @type {Element | null} */
  let current = null;
  const parts = () =>
    [...root.querySelectorAll(".ek-case-body, .ek-pane-body")].filter(
      (part) => part.checkVisibility() && isInView(part, root),
    );
  /** @param {Event} event */
  const notice = ({ target }) => {
    const part = target instanceof Element && target.closest(".ek-case-body, .ek-pane-body");
    if (part) point(part);
  };
  for (const name of ["pointerdown", "wheel", "focusin"]) {
    root.addEventListener(name, notice, { passive: true });
  }
  /** @param {Element} part */
  function point(part) {
    current = part;
    root.querySelectorAll("[data-reading]").forEach((pane) => pane.removeAttribute("data-reading"));
    part.closest(".ek-pane")?.setAttribute("data-reading", "");
  }
  /**
   * @param {number} direction
   * @param {(part: Element) => number} length
   */
  function go(direction, length) {
    const ways = parts();
    const at = Math.max(0, current ? ways.indexOf(current) : 0);
    const onward = direction > 0 ? ways.slice(at) : ways.slice(0, at + 1).reverse();
    const part = [...onward, ...pagesOf(root)].find((way) => canScroll(way, direction));
    if (!part) return;
    if (ways.includes(part)) point(part);
    part.scrollBy({ top: direction * length(part), behavior: "instant" });
  }
  return {
    page: (direction) => go(direction, (part) => Math.max(LINES, part.clientHeight - OVERLAP)),
    line: (direction) => go(direction, () => LINES),
    point,
  };
}

/**
 * What scrolls where no part does on its own.
 * @param {HTMLElement} root
 */
const pagesOf = (root) => [...root.querySelectorAll(".ek-main"), root];

/**
 * Whether a part can be seen where the page has been scrolled to.
 * @param {Element} part
 * @param {HTMLElement} root
 */
function isInView(part, root) {
  const { top, bottom } = part.getBoundingClientRect();
  const [page] = pagesOf(root).map((whole) => whole.getBoundingClientRect());
  return bottom > page.top + 40 && top < page.bottom;
}

/**
 * @param {Element} part
 * @param {number} direction
 */
function canScroll(part, direction) {
  if (!/auto|scroll/.test(getComputedStyle(part).overflowY)) return false;
  const rest = part.scrollHeight - part.clientHeight - part.scrollTop;
  return direction > 0 ? rest > 1 : part.scrollTop > 1;
}
