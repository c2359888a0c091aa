// The keyboard: one listener, before Streamlit's own shortcuts (C clears its cache, R reruns).

import { inField } from "./dom.js";
import { isCovered } from "./streamlit.js";

/** @import { Actions, KeyDialog } from "./types.js" */

/** @param {KeyboardEvent} event */
const isModified = (event) =>
  (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState("AltGraph");

/** @param {KeyboardEvent} event */
const isUndo = (event) =>
  (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && keyName(event) === "z";

/**
 * A key that writes something: names of other keys are ASCII words ("Enter", "ArrowUp").
 * @param {KeyboardEvent} event
 */
const isWriting = ({ key }) => key.length === 1 || key === "Process" || !/^[\x20-\x7e]*$/.test(key);

/**
 * What keys are called by their place where other scripts are written.
 * @type {Record<string, string | undefined>}
 */
const PLACES = { BracketLeft: "[", BracketRight: "]" };

/**
 * The name of a key here. What it prints counts where that is Latin, so that A is A on AZERTY and
 * Dvorak too; where it prints another script, the place that it has on a keyboard of Latin letters.
 * @param {{ key: string, code?: string, shiftKey?: boolean }} event
 * @returns {string}
 */
export function keyName({ key, code = "", shiftKey }) {
  const printed = key.normalize("NFKC").toLowerCase(); // full-width letters, too
  if (/^[\p{ASCII}\p{Script=Latin}]$/u.test(printed)) return printed;
  if (code === "Slash" && shiftKey) return "?";
  const letter = /^Key([A-Z])$/.exec(code);
  return letter ? letter[1].toLowerCase() : PLACES[code] || key;
}

/**
 * What a key may add to a number: what it prints, else its digit (behind Shift on AZERTY).
 * @param {{ key: string, code?: string, shiftKey?: boolean }} event
 * @returns {string[]}
 */
export function numberParts({ key, code = "", shiftKey }) {
  const printed = key === "−" ? "-" : key === "," ? "." : key;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code);
  const parts = /^[0-9.-]$/.test(printed) ? [printed] : [];
  return digit && !shiftKey && digit[1] !== printed ? [...parts, digit[1]] : parts;
}

/** Whether keys of one character act: chosen in the list of keys, remembered by this browser. */
export const singleKeys = {
  place: "evalkit-single-keys",
  isOff: false,
  read() {
    try {
      this.isOff = window.localStorage.getItem(this.place) === "off";
    } catch {
      // a browser that keeps nothing: the choice holds for this page
    }
  },
  /** @param {boolean} isOff */
  choose(isOff) {
    this.isOff = isOff;
    try {
      window.localStorage.setItem(this.place, isOff ? "off" : "on");
    } catch {
      // as above
    }
  },
  /**
   * Show keys that act, and no others.
   * @param {HTMLElement} root
   */
  paint(root) {
    root.dataset.keys = this.isOff ? "off" : "on";
    for (const element of root.querySelectorAll("[data-key]")) {
      const key = element.getAttribute("data-key");
      if (this.isOff || !key) element.removeAttribute("aria-keyshortcuts");
      else element.setAttribute("aria-keyshortcuts", key);
    }
  },
};

/**
 * Listen until the returned function is called. `commands` maps a key to a function that returns
 * false when it had nothing to do. `isReady()` is false while nothing may be done.
 * @param {HTMLElement} root
 * @param {Actions} actions
 */
export function listenToKeys(root, actions) {
  /** @type {WeakSet<EventTarget>} */
  const clicked = new WeakSet();
  let isTabbing = false;
  /** @param {KeyboardEvent} event */
  const isDeaf = (event) => event.isComposing || !root.isConnected || isCovered(root);
  /** @param {KeyboardEvent} event */
  const onkeydown = (event) => {
    isTabbing = event.key === "Tab";
    if (isDeaf(event)) return;
    const dialog = /** @type {KeyDialog | null} */ (root.querySelector("dialog[open]"));
    if (moveCaret(event, dialog, actions) || takeOffer(event, actions)) return;
    if (event.key === "Enter" && isForScreen(event, dialog)) enter(event, actions, clicked);
    else if (isModified(event)) undo(event, dialog, actions); // all others are the browser's own
    else if (inField(event)) leaveField(event, dialog);
    else if (readOn(event, dialog, actions)) event.preventDefault();
    else if (isWriting(event)) write(event, dialog, actions);
    else if (event.key === "Backspace" && !dialog) takeBack(event, actions);
  };
  /** @param {KeyboardEvent} event */
  const onother = (event) => {
    if (!root.isConnected || isModified(event) || inField(event) || !isWriting(event)) return;
    if (!isCovered(root)) event.stopImmediatePropagation();
  };
  /** @param {PointerEvent} event */
  const onpointerdown = (event) => {
    isTabbing = false;
    const control = event.target instanceof Element && event.target.closest(CONTROLS);
    if (control) clicked.add(control);
  };
  /** @param {FocusEvent} event */
  const onfocusin = (event) => isTabbing && event.target && clicked.delete(event.target);
  const listening = new AbortController();
  const options = { capture: true, signal: listening.signal };
  window.addEventListener("keydown", onkeydown, options);
  window.addEventListener("keypress", onother, options);
  window.addEventListener("keyup", onother, options);
  window.addEventListener("pointerdown", onpointerdown, options);
  window.addEventListener("focusin", onfocusin, options);
  return () => listening.abort();
}

/**
 * Enter is a dialog's own; with Ctrl or Command it submits beside one that covers nothing.
 * @param {KeyboardEvent} event
 * @param {KeyDialog | null} dialog
 */
const isForScreen = (event, dialog) =>
  !dialog || ((event.ctrlKey || event.metaKey) && !dialog.matches(":modal"));

const CONTROLS = "button, summary, a";
/** Controls that change something where they are: Space presses them, Enter never does. */
const CHANGING = '[role="radio"], [aria-pressed], [aria-expanded], summary';

/**
 * Enter submits, but not while typing, and not on a button that leads elsewhere and was reached by
 * Tab: there it presses what is seen to be focused. With Ctrl or Command it always submits.
 * @param {KeyboardEvent} event
 * @param {Actions} actions
 * @param {WeakSet<EventTarget>} clicked
 */
function enter(event, { submit, isReady }, clicked) {
  const isSure = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (!isSure) {
    const control = event.target instanceof Element && event.target.closest(CONTROLS);
    const isItsOwn = control && !control.matches(CHANGING) && !clicked.has(control);
    if (isModified(event) || inField(event) || isItsOwn) return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!event.repeat && isReady()) submit();
}

/**
 * Let a caret among the words have its keys, while there is one.
 * @param {KeyboardEvent} event
 * @param {KeyDialog | null} dialog
 * @param {Actions} actions
 */
function moveCaret(event, dialog, { caret, isReady }) {
  if (dialog || inField(event) || !isReady() || !caret(event)) return false;
  event.preventDefault();
  event.stopImmediatePropagation();
  return true;
}

/**
 * Take what is offered, also while typing: its keys write nothing.
 * @param {KeyboardEvent} event
 * @param {Actions} actions
 */
function takeOffer(event, { offer, isReady }) {
  if (isModified(event) || event.shiftKey || !isReady() || !offer(event.key)) return false;
  event.preventDefault();
  event.stopImmediatePropagation();
  return true;
}

/**
 * Scroll what is read, as long as the key is held; Space presses what has the focus instead.
 * @param {KeyboardEvent} event
 * @param {KeyDialog | null} dialog
 * @param {Actions} actions
 */
function readOn(event, dialog, { reading }) {
  if (dialog?.matches(":modal")) return false;
  const back = event.shiftKey ? -1 : 1;
  /** @type {Record<string, (() => void) | undefined>} */
  const pages = { PageDown: () => reading.page(1), PageUp: () => reading.page(-1) };
  const isPressing = event.target instanceof Element && event.target.closest(CONTROLS);
  if (!isPressing) pages[" "] = () => reading.page(back);
  /** @type {typeof pages} */
  const lines = { j: () => reading.line(1), k: () => reading.line(-1) };
  const isLetter = !dialog && !singleKeys.isOff;
  const go = pages[event.key] ?? (isLetter ? lines[keyName(event)] : undefined);
  if (!go) return false;
  event.stopImmediatePropagation();
  go();
  return true;
}

/**
 * @param {KeyboardEvent} event
 * @param {KeyDialog | null} dialog
 */
function leaveField(event, dialog) {
  const field = event.composedPath()[0];
  if (event.key === "Escape" && !dialog && field instanceof HTMLElement) field.blur();
}

/**
 * @param {KeyboardEvent} event
 * @param {KeyDialog | null} dialog
 * @param {Actions} actions
 */
function write(event, dialog, actions) {
  event.stopImmediatePropagation(); // Streamlit does not hear it
  if (event.repeat || (singleKeys.isOff && !dialog?.matches(".ek-paused"))) return;
  if (dialog) {
    if (dialog.onkey(keyName(event), numberParts(event))) event.preventDefault();
  } else if (actions.isReady() && run(event, actions)) {
    event.preventDefault();
  }
}

/**
 * @param {KeyboardEvent} event
 * @param {Actions} actions
 */
function run(event, { commands, number }) {
  const command = commands[keyName(event)];
  if (command) return command() !== false;
  return numberParts(event).some(number);
}

/**
 * In a field it is the browser's.
 * @param {KeyboardEvent} event
 * @param {KeyDialog | null} dialog
 * @param {Actions} actions
 */
function undo(event, dialog, actions) {
  if (!isUndo(event) || dialog || inField(event) || event.repeat) return;
  if (actions.isReady() && actions.undo()) event.preventDefault();
}

/**
 * @param {KeyboardEvent} event
 * @param {Actions} actions
 */
function takeBack(event, actions) {
  if (event.repeat || !actions.isReady()) return;
  if (actions.takeBack()) event.preventDefault();
}
