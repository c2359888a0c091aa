// Small tools for building the page: elements, groups of choices, the floating explanation.

/** Make an element; text children become text nodes, so no data is ever read as HTML. */
function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  const isThere = (child) => child !== null && child !== undefined;
  element.append(...children.flat(Infinity).filter(isThere));
  return element;
}

/** Put HTML from evalkit.annotation into an element: the only place where HTML is trusted. */
function rendered(element, safeHtml) {
  element.innerHTML = safeHtml;
  return element;
}

/** A key to be seen: those of one character can be switched off, and are hidden then. */
function kbd(key) {
  const kind = key.length === 1 ? "ek-kbd ek-one-key" : "ek-kbd";
  return h("kbd", { class: kind, "aria-hidden": "true" }, key);
}

/** The key of a control, for those who hear it. */
function shortcut(key) {
  if (!key) return {};
  return { "aria-keyshortcuts": key, "data-key": key.length === 1 ? key : null };
}

function button(words, key, onclick, properties = {}) {
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
 */
function choices({ label, options, value, className, onchoose, onpoint = () => {}, clearable }) {
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
    const at = buttons.indexOf(document.activeElement);
    if (!step || at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const next = (at + step + buttons.length) % buttons.length;
    buttons[next].focus();
    choose(options[next].value);
  });
  paint();
  return { node, choose, focus, buttons, chosen: () => chosen };
}

/** Where the mouse last was, also on the case before: what appears under it is not pointed at. */
const mouse = { x: null, y: null };

/** Tell whether the mouse itself moved, and not the page beneath it. */
function hasMoved({ pointerType, clientX, clientY }) {
  if (pointerType === "touch") return false;
  const isElsewhere = clientX !== mouse.x || clientY !== mouse.y;
  Object.assign(mouse, { x: clientX, y: clientY });
  return isElsewhere;
}

/** One floating explanation per page, shown beside whatever is pointed at or focused. */
function explainer(root) {
  const box = h("div", { class: "ek-explanation", role: "tooltip", id: "ek-explanation" });
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
  function show(anchor, part, content) {
    if (isTouched) return;
    shown = anchor;
    box.replaceChildren(...content);
    box.hidden = false;
    place(box, { root, at: anchor.getBoundingClientRect(), part: part && anchor.closest(part) });
  }
  function hide() {
    shown = null;
    box.hidden = true;
  }
  /** Explain `element` by what `content()` returns; below all of the `part` it stands in. */
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
    const path = event.composedPath();
    const pointed = path.find((element) => element.onpointed);
    if (pointed) pointed.onpointed();
  });
  return { attach, hide };
}

/**
 * Put a box above what it explains, or below the part of the page that must stay in view: where it
 * covers no control, else where it covers at least none of the footer; nowhere if nowhere is free.
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
    Math.min(left, submit.left - width - 8),
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
  if (spot) [box.style.left, box.style.top] = spot.map((pixels) => `${pixels}px`);
}

const overlap = (first, second) =>
  first.left < second.right &&
  second.left < first.right &&
  first.top < second.bottom &&
  second.top < first.bottom;

const inField = (event) => {
  const target = event.composedPath ? event.composedPath()[0] : event.target;
  return Boolean(target.closest && target.closest("input, textarea, select, [contenteditable]"));
};
