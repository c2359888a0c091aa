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

const kbd = (key) => h("kbd", { class: "ek-kbd", "aria-hidden": "true" }, key);

function button(words, key, onclick, properties = {}) {
  const keys = key ? { "aria-keyshortcuts": key } : {};
  return h(
    "button",
    { type: "button", class: "ek-button", onclick, ...keys, ...properties },
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
        "aria-keyshortcuts": option.key,
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

/** One floating explanation per page, shown beside whatever is pointed at or focused. */
function explainer(root) {
  const box = h("div", { class: "ek-explanation", role: "tooltip", id: "ek-explanation" });
  box.hidden = true;
  root.append(box);
  function show(anchor, ...content) {
    box.replaceChildren(...content);
    box.hidden = false;
    const at = anchor.getBoundingClientRect();
    const size = box.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left), window.innerWidth - size.width - 8);
    const above = at.top - size.height - 6;
    box.style.left = `${left}px`;
    box.style.top = `${above > 8 ? above : at.bottom + 6}px`;
  }
  function hide() {
    box.hidden = true;
  }
  /** Explain `element` by what `content()` returns, on hover and on focus. */
  function attach(element, content) {
    const open = () => show(element, ...content());
    element.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && open());
    element.addEventListener("pointerleave", hide);
    element.addEventListener("focus", open);
    element.addEventListener("blur", hide);
    element.addEventListener("click", open);
  }
  return { attach, hide };
}

const inField = (event) => {
  const target = event.composedPath ? event.composedPath()[0] : event.target;
  return Boolean(target.closest && target.closest("input, textarea, select, [contenteditable]"));
};
