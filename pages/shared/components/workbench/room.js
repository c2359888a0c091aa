// Who has the room: what is read and what is entered together, or the responses alone.

/** @import { Room } from "./types.js" */

/**
 * Give all the room to the responses or to one of them, or share it again.
 * @param {Element} part of the screen
 * @param {Room} room
 */
export function setRoom(part, room) {
  const root = /** @type {HTMLElement} */ (part.closest(".ek-workbench"));
  if (room) root.dataset.room = room;
  else delete root.dataset.room;
  for (const element of root.querySelectorAll("[data-gives-room]")) {
    element.setAttribute("aria-pressed", String(element.getAttribute("data-gives-room") === room));
  }
}

/**
 * Give the room, or share it again where it is given already.
 * @param {Element} part of the screen
 * @param {Room} room
 */
export function toggleRoom(part, room) {
  const root = /** @type {HTMLElement} */ (part.closest(".ek-workbench"));
  setRoom(root, root.dataset.room === room ? "" : room);
}

/**
 * Share the room again, so that a part of the form can be seen and have the focus.
 * @param {Element} part
 */
export function reveal(part) {
  if (part.closest(".ek-workbench[data-room]")) setRoom(part, "");
}

/**
 * Fit the form into the height it has: all error tags; else those that are marked; else also what
 * levels mean on one line each.
 * @param {HTMLElement} form
 * @param {number} nTags
 */
export function keepFitting(form, nTags) {
  const watching = new ResizeObserver(() => {
    const main = form.closest(".ek-main");
    if (!main) return watching.disconnect();
    watching.observe(main);
    if (!form.clientHeight) return; // the responses have all the room just now
    const isFull = () => [main, form].some((part) => part.scrollHeight > part.clientHeight + 1);
    const isPage = getComputedStyle(main).display === "block"; // it scrolls, and nothing has to fit
    form.classList.remove("ek-collapsed", "ek-compact");
    form.classList.toggle("ek-collapsed", isPage ? nTags > MOST_CHIPS : isFull());
    form.classList.toggle("ek-compact", !isPage && isFull());
  });
  watching.observe(form);
  for (const part of form.children) watching.observe(part);
}

/** Up to so many chips a side stand on a page that scrolls as a whole, as on a phone. */
const MOST_CHIPS = 12;
