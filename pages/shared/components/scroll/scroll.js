// What is above grows while charts are drawn, so the place is looked for again for a while, unless
// the reader moves on by hand.
const EVERY = 150;
const FOR = 1800;

/**
 * @typedef {{ evalkitScrolled?: Record<string, number> }} Scrolled what was scrolled to, how often
 * @param {object} component
 * @param {HTMLElement | ShadowRoot} component.parentElement
 * @param {{ key: string, wanted: number }} component.data
 */
export default function ({ parentElement, data }) {
  const page = /** @type {Window & Scrolled} */ (window);
  const done = (page.evalkitScrolled ??= {});
  if (!data.wanted || done[data.key] === data.wanted) return;
  done[data.key] = data.wanted;
  const place = /** @type {HTMLElement} */ (
    parentElement instanceof ShadowRoot ? parentElement.host : parentElement
  );
  place.style.scrollMarginTop = "4.5rem";
  const go = () => place.scrollIntoView({ block: "start" });
  const timer = setInterval(go, EVERY);
  const stop = () => clearInterval(timer);
  for (const moved of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    window.addEventListener(moved, stop, { once: true, passive: true, capture: true });
  }
  setTimeout(stop, FOR);
  go();
}
