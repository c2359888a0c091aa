// Panes of text side by side. The HTML comes from evalkit's renderer only, which escapes everything
// it did not make itself; headings and notes are set as text.
/**
 * @typedef {{ heading: string, note: string, html: string }} Pane
 * @param {{ parentElement: HTMLElement, data: { panes: Pane[], height: number | null } }} component
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
  root.style.setProperty("--n", String(Math.min(data.panes.length, 2)));
  root.replaceChildren(
    ...data.panes.map((pane) => {
      const section = document.createElement("section");
      section.className = "pane";
      const head = document.createElement("header");
      const heading = document.createElement("h3");
      heading.textContent = pane.heading;
      const note = document.createElement("p");
      note.textContent = pane.note;
      head.append(heading, note);
      const body = document.createElement("div");
      body.className = "body ek-text ek-case-body";
      if (data.height) {
        body.style.maxHeight = `${data.height}px`;
        body.tabIndex = 0;
      }
      body.innerHTML = pane.html;
      section.append(head, body);
      return section;
    }),
  );
  root.querySelectorAll("pre, .ek-table, math[display=block]").forEach((part) => reaching.observe(part));
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
