// Small tools for building the page: elements, groups of choices, the floating explanation.

/** @import { Child, Choice, Choices, Explained, Explainer, Properties } from "./types.js" */

/**
 * Make an element; text children become text nodes, so no data is ever read as HTML.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} tag
 * @param {Properties} properties
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/**
 * Append children, and the children in lists of them.
 * @param {Element} element
 * @param {Child[]} children
 */
function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(element, child);
    else if (child !== null && child !== undefined) element.append(child);
  }
}

/**
 * Put HTML from evalkit.annotation into an element: the only place where HTML is trusted.
 * @template {HTMLElement} Kind
 * @param {Kind} element
 * @param {string} safeHtml
 */
export function rendered(element, safeHtml) {
  element.innerHTML = safeHtml;
  return element;
}

/**
 * A key to be seen: those of one character can be switched off, and are hidden then.
 * @param {string} key
 */
export function kbd(key) {
  const kind = key.length === 1 ? "ek-kbd ek-one-key" : "ek-kbd";
  return h("kbd", { class: kind, "aria-hidden": "true" }, key);
}

/**
 * The key of a control, for those who hear it.
 * @param {string | null | undefined} key
 * @returns {Properties}
 */
export function shortcut(key) {
  if (!key) return {};
  return { "aria-keyshortcuts": key, "data-key": key.length === 1 ? key : null };
}

/**
 * @param {string} words
 * @param {string | null} key
 * @param {() => unknown} onclick
 * @param {Properties} properties
 */
export function button(words, key, onclick, properties = {}) {
  return h(
    "button",
    { type: "button", class: "ek-button", onclick, ...shortcut(key), ...properties },
    h("span", {}, words),
    key ? kbd(key) : null,
  );
}

/**
 * A group of choices of which one holds. Options are {value, face, name, key}; `onchoose` hears
 * a choice, `onpoint` hears which option is under the pointer or the focus (or null).
 * @template Value
 * @template {Choice<Value>} [Of=Choice<Value>]
 * @param {object} group
 * @param {string} group.label
 * @param {Of[]} group.options
 * @param {Value | null | undefined} group.value
 * @param {string} group.className
 * @param {(value: Value | null | undefined) => void} group.onchoose
 * @param {(option: Of | null) => void} [group.onpoint]
 * @param {boolean} [group.clearable]
 * @returns {Choices<Value>}
 */
export function choices(group) {
  const { label, options, value, className, onchoose, onpoint = () => {}, clearable } = group;
  let chosen = value;
  let isMoved = false; // the focus was put here, nobody pointed
  const buttons = options.map((option) =>
    h(
      "button",
      {
        type: "button",
        role: "radio",
        class: "ek-choice",
        "aria-label": option.name,
        ...shortcut(option.key),
        onclick: () => (clearable && option.value === chosen ? choose(null) : choose(option.value)),
        onpointerenter: () => onpoint(option),
        onpointerleave: () => onpoint(null),
        onfocus: () => onpoint(isMoved ? null : option),
        onblur: () => onpoint(null),
      },
      option.face,
    ),
  );
  const node = h("div", { role: "radiogroup", class: className, "aria-label": label }, buttons);

  function paint() {
    const at = options.findIndex((option) => option.value === chosen);
    buttons.forEach((element, index) => {
      element.setAttribute("aria-checked", String(index === at));
      element.tabIndex = index === Math.max(at, 0) ? 0 : -1;
    });
  }
  /** @param {Value | null | undefined} next */
  function choose(next) {
    chosen = next;
    paint();
    onchoose(next);
  }
  function focus() {
    isMoved = true;
    (buttons.find((element) => element.tabIndex === 0) || buttons[0]).focus();
    isMoved = false;
  }
  node.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = buttons.findIndex((element) => element === document.activeElement);
    if (!step || at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const next = (at + step + buttons.length) % buttons.length;
    buttons[next].focus();
    choose(options[next].value);
  });
  paint();
  return { node, choose, focus, buttons, chosen: () => chosen };
}

/**
 * Where the mouse last was, also on the case before: what appears under it is not pointed at.
 * @type {{ x: number | null, y: number | null }}
 */
const mouse = { x: null, y: null };

/**
 * Tell whether the mouse itself moved, and not the page beneath it.
 * @param {PointerEvent} event
 */
function hasMoved({ pointerType, clientX, clientY }) {
  if (pointerType === "touch") return false;
  const isElsewhere = clientX !== mouse.x || clientY !== mouse.y;
  Object.assign(mouse, { x: clientX, y: clientY });
  return isElsewhere;
}

/**
 * One floating explanation per page, shown beside whatever is pointed at or focused.
 * @param {HTMLElement} root
 * @returns {Explainer}
 */
export function explainer(root) {
  const box = h("div", { class: "ek-explanation", role: "tooltip", id: "ek-explanation" });
  /** @type {HTMLElement | null} */
  let shown = null;
  let isTouched = false;
  box.hidden = true;
  root.append(box);
  root.addEventListener(
    "pointerdown",
    (event) => {
      isTouched = event.pointerType === "touch";
      hasMoved(event);
    },
    true,
  );
  root.addEventListener("keydown", () => (isTouched = false), true);
  /**
   * @param {HTMLElement} anchor
   * @param {string | null} part
   * @param {Node[]} content
   */
  function show(anchor, part, content) {
    if (isTouched) return;
    shown = anchor;
    box.replaceChildren(...content);
    box.hidden = false;
    const at = anchor.getBoundingClientRect();
    place(box, { root, at, part: part ? anchor.closest(part) : null });
  }
  function hide() {
    shown = null;
    box.hidden = true;
  }
  /**
   * Explain `element` by what `content()` returns; below all of the `part` it stands in.
   * @param {Explained} element
   * @param {() => Node[]} content
   * @param {string | null} part
   */
  function attach(element, content, part = null) {
    const open = () => show(element, part, content());
    element.addEventListener("pointerleave", hide);
    element.addEventListener("focus", open);
    element.addEventListener("blur", hide);
    element.addEventListener("click", open);
    element.onpointed = () => shown !== element && open();
  }
  root.addEventListener("pointermove", (event) => {
    if (!hasMoved(event)) return;
    const path = /** @type {Explained[]} */ (event.composedPath());
    path.find((element) => element.onpointed)?.onpointed?.();
  });
  return { attach, hide };
}

/**
 * Put a box above what it explains, or below the part of the page that must stay in view: where it
 * covers no control, else where it covers at least none of the footer; nowhere if nowhere is free.
 * @param {HTMLElement} box
 * @param {{ root: HTMLElement, at: DOMRect, part: Element | null }} around
 */
function place(box, { root, at, part }) {
  box.style.left = box.style.top = "0"; // measured where there is room
  const { width, height } = box.getBoundingClientRect();
  const around = part ? part.getBoundingClientRect() : at;
  const left = Math.max(8, Math.min(at.left, window.innerWidth - width - 8));
  const footer = [...root.querySelectorAll(".ek-footer > .ek-button")].map((way) =>
    way.getBoundingClientRect(),
  );
  const submit = footer.pop();
  const between = Math.max(
    submit ? Math.min(left, submit.left - width - 8) : left,
    ...footer.map((way) => way.right + 8),
  );
  const lowest = window.innerHeight - height - 4;
  const above = [left, at.top - height - 6];
  const spots = part
    ? [
        [left, around.bottom + 6],
        [between, Math.min(around.bottom + 6, lowest)],
        [left, around.top - height - 6],
        above,
        [left, at.bottom + 6],
      ]
    : [above, [left, at.bottom + 6]];
  /**
   * @param {number[]} spot
   * @param {string} names
   */
  const isFree = ([x, y], names) => {
    const frame = { left: x, top: y, right: x + width, bottom: y + height };
    const isInside = frame.right <= window.innerWidth && frame.bottom <= window.innerHeight;
    if (x < 0 || y < 0 || !isInside) return false;
    const parts = [at, ...[...root.querySelectorAll(names)].map((node) => node.getBoundingClientRect())];
    return !parts.some((rect) => overlap(frame, rect));
  };
  const controls = ".ek-form button, .ek-anchors, .ek-footer button";
  const spot =
    spots.find((candidate) => isFree(candidate, controls)) ||
    spots.find((candidate) => isFree(candidate, ".ek-footer button"));
  box.hidden = !spot;
  if (spot) Object.assign(box.style, { left: `${spot[0]}px`, top: `${spot[1]}px` });
}

/**
 * @param {Pick<DOMRect, "left" | "right" | "top" | "bottom">} first
 * @param {Pick<DOMRect, "left" | "right" | "top" | "bottom">} second
 */
const overlap = (first, second) =>
  first.left < second.right &&
  second.left < first.right &&
  first.top < second.bottom &&
  second.top < first.bottom;

/** @param {Event} event */
export const inField = (event) => {
  const target = event.composedPath()[0];
  const fields = "input:not([type=range]), textarea, select, [contenteditable]";
  return target instanceof Element && Boolean(target.closest(fields));
};
