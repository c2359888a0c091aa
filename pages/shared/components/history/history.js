// Streamlit adds a step to the browser's history each time a page says something new in its
// address, so Back would undo a choice, or nothing at all, many times before it left the page.
// What stays on the page replaces the step instead; only another page is a step of its own.
const MILLISECONDS = 250;

export default function () {
  const page = /** @type {Window & { evalkitHistory?: boolean }} */ (window);
  if (page.evalkitHistory) return;
  page.evalkitHistory = true;
  const push = window.history.pushState.bind(window.history);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  window.history.pushState = (state, title, address) => {
    const to = new URL(address ?? "", window.location.href);
    if (to.pathname !== window.location.pathname) {
      push(state, title, address);
      return;
    }
    // What a page says may come before the step to that page: it must not be said of the last one.
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const here = window.location.pathname;
      window.history.replaceState(state, title, here + to.search);
    }, MILLISECONDS);
  };
}
