// Panes of text side by side. The HTML comes from evalkit's renderer only, which escapes everything
// it did not make itself; headings, notes and names are set as text.
/**
 * @typedef {{ heading: string, note: string, html: string, beside: boolean }} Pane
 * @typedef {{ key: string, name: string, initials: string, colour: number, n: number }} Hand
 * @param {{ parentElement: HTMLElement,
 *   data: { panes: Pane[], height: number | null, hands: Hand[] } }} component
 */
export default function (component) {
  const { parentElement, data } = component;
  /** @type {HTMLElement | null} */
  let root = parentElement.querySelector(".panes");
  if (!root) {
    root = document.createElement("div");
    root.className = "panes ek-workbench";
    parentElement.appendChild(root);
  }
  const beside = data.panes.filter((pane) => pane.beside);
  const others = data.panes.filter((pane) => !pane.beside);
  root.classList.toggle("has-beside", beside.length > 0);
  root.style.setProperty("--n", String(Math.min(others.length, 2)));
  const parts = others.map((pane) => section(pane, data.height));
  if (beside.length) {
    const left = document.createElement("div");
    left.className = "beside";
    if (data.height) left.style.setProperty("--most", `${data.height}px`);
    left.append(...beside.map((pane) => section(pane, data.height)));
    parts.unshift(left);
  }
  if (data.hands.length) parts.unshift(switches(root, data.hands));
  root.replaceChildren(...parts);
  paint(root);
  root.querySelectorAll("pre, .ek-table, math[display=block]").forEach((part) => reaching.observe(part));
}

/**
 * @param {Pane} pane
 * @param {number | null} height
 */
function section(pane, height) {
  const made = document.createElement("section");
  made.className = "pane";
  const head = document.createElement("header");
  const heading = document.createElement("h3");
  heading.textContent = pane.heading;
  const note = document.createElement("p");
  note.textContent = pane.note;
  head.append(heading, note);
  const body = document.createElement("div");
  body.className = "body ek-text ek-case-body";
  if (height) {
    body.style.maxHeight = `${height}px`;
    body.tabIndex = 0;
  }
  body.innerHTML = pane.html;
  made.append(head, body);
  return made;
}

/** Whose marks are not painted: it holds from one response to the next, until the page is left.
 * @type {Set<string>} */
const off = new Set();

/**
 * One switch per annotator, in the colour of their marks.
 * @param {HTMLElement} root
 * @param {Hand[]} hands
 */
function switches(root, hands) {
  const group = document.createElement("div");
  group.className = "hands";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Whose marks are painted");
  for (const hand of hands) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "hand";
    button.dataset.hand = hand.key;
    const chip = document.createElement("span");
    chip.className = `ek-who ek-by-${hand.colour}`;
    chip.setAttribute("aria-hidden", "true");
    chip.textContent = hand.initials;
    const name = document.createElement("span");
    name.textContent = `${hand.name}, ${hand.n} ${hand.n === 1 ? "mark" : "marks"}`;
    button.append(chip, name);
    button.addEventListener("click", () => {
      if (!off.delete(hand.key)) off.add(hand.key);
      paint(root);
    });
    group.append(button);
  }
  return group;
}

/** @param {HTMLElement} root */
function paint(root) {
  for (const part of root.querySelectorAll("[data-by]")) {
    part.classList.toggle("is-off", off.has(part.getAttribute("data-by") ?? ""));
  }
  for (const part of root.querySelectorAll("[data-hand]")) {
    part.setAttribute("aria-pressed", String(!off.has(part.getAttribute("data-hand") ?? "")));
  }
}

/** The keyboard reaches what scrolls on its own, as code and tables do, and only that. */
const reaching = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const kind = { pre: "Code", math: "Formula" }[target.localName] ?? "Table";
    const said = { tabindex: "0", role: "region", "aria-label": `${kind}, scrolls` };
    const isScrolling = target.scrollWidth > target.clientWidth + 1;
    for (const [name, value] of Object.entries(said)) {
      if (isScrolling) target.setAttribute(name, value);
      else target.removeAttribute(name);
    }
  }
});
