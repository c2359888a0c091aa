/** @type {WeakMap<object, (event: BeforeUnloadEvent) => void>} one for each place on the page */
const ASKING = new WeakMap();

/**
 * @param {{ parentElement: HTMLElement | ShadowRoot, data: { unsaved: boolean } }} component
 */
export default function ({ parentElement, data }) {
  const stop = () => {
    const ask = ASKING.get(parentElement);
    if (ask) window.removeEventListener("beforeunload", ask);
    ASKING.delete(parentElement);
  };
  stop();
  if (data.unsaved) {
    const ask = (/** @type {BeforeUnloadEvent} */ event) => event.preventDefault();
    ASKING.set(parentElement, ask);
    window.addEventListener("beforeunload", ask);
  }
  return stop; // another page of the app keeps what is written
}
