// Streamlit adds a step to the browser's history each time a page says something new in its
// address, so Back would undo a choice, or nothing at all, many times before it left the page.
// What stays on the page replaces the step instead; only another page is a step of its own.
const MILLISECONDS = 250;

export default function () {
  const page = /** @type {Window & { evalkitHistory?: boolean }} */ (window);
  if (page.evalkitHistory) return;
  page.evalkitHistory = true;
  const push = window.history.pushState.bind(window.history);
  const replace = window.history.replaceState.bind(window.history);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  window.history.pushState = (state, title, address) => {
    const to = new URL(address ?? "", window.location.href);
    if (to.pathname !== window.location.pathname) {
      push(state, title, address);
      return;
    }
    // What a page says may come before the step to that page: it must not be said of the last one.
    // However slow the server is, the step has come once nothing runs any more.
    const say = () => {
      if (isRunning()) waiting = setTimeout(say, MILLISECONDS);
      else replace(state, title, window.location.pathname + to.search);
    };
    clearTimeout(waiting);
    waiting = setTimeout(say, MILLISECONDS);
  };
  // What was said before is not of the page that is there by now.
  window.history.replaceState = (state, title, address) => {
    clearTimeout(waiting);
    replace(state, title, address);
  };
  window.addEventListener("popstate", () => clearTimeout(waiting));
}

/** Whether Streamlit runs a page, or is about to: another page may still come of it. */
const isRunning = () =>
  ["running", "rerunRequested"].includes(
    document.querySelector("[data-test-script-state]")?.getAttribute("data-test-script-state") ?? "",
  );
