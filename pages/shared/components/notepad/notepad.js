// The box is Streamlit's own and may be drawn after this, so it is looked for for a while.
const EVERY = 50;
const FOR = 3000;
const PAUSE = 700;

/** How much of a pane the page keys turn. @type {Record<string, number>} */
const PAGES = { PageDown: 0.8, PageUp: -0.8 };

/**
 * The panes of a container, which scroll on their own and lie in a tree of their own.
 * @param {string} panes
 * @returns {HTMLElement[]}
 */
const scrolling = (panes) =>
  [...document.querySelectorAll(`.st-key-${panes} *`)].flatMap((part) => [
    .../** @type {NodeListOf<HTMLElement>} */ (part.shadowRoot?.querySelectorAll(".body") ?? []),
  ]);

/**
 * @param {object} component
 * @param {{ box: string, panes: string, place: number }} component.data
 * @param {(name: string, value: unknown) => void} component.setStateValue
 */
export default function ({ data, setStateValue }) {
  let pause = 0;
  /** @type {HTMLTextAreaElement | null} */
  let area = null;
  const keep = () => setStateValue("draft", { place: data.place, words: area?.value ?? "" });
  const typed = () => {
    clearTimeout(pause);
    pause = window.setTimeout(keep, PAUSE);
  };
  /** @param {KeyboardEvent} event The page keys turn the last pane, with Shift the first. */
  const pressed = (event) => {
    const share = PAGES[event.key];
    const pane = share && scrolling(data.panes).at(event.shiftKey ? 0 : -1);
    if (!pane || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    pane.scrollBy({ top: share * pane.clientHeight });
  };
  const look = () => {
    const there = document.querySelector(`.st-key-${data.box} textarea`);
    if (!(there instanceof HTMLTextAreaElement)) return;
    clearInterval(timer);
    area = there;
    area.addEventListener("input", typed);
    area.addEventListener("keydown", pressed);
    if (area.dataset.place === String(data.place)) return;
    area.dataset.place = String(data.place);
    area.focus({ preventScroll: true });
    area.setSelectionRange(area.value.length, area.value.length);
  };
  const timer = setInterval(look, EVERY);
  const gone = setTimeout(() => clearInterval(timer), FOR);
  look();
  return () => {
    clearInterval(timer);
    clearTimeout(gone);
    clearTimeout(pause);
    area?.removeEventListener("input", typed);
    area?.removeEventListener("keydown", pressed);
  };
}
