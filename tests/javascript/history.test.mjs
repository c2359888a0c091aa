// One step of the browser's history for each page, however late the step to it comes.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import oneStepAPage from "../../pages/shared/components/history/history.js";

/** A window with a history of its own; `run.state` is what Streamlit says of its run. */
function opened(t, address) {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const steps = [address];
  const location = { get href() { return `http://test${steps.at(-1)}`; } };
  Object.defineProperty(location, "pathname", { get: () => new URL(location.href).pathname });
  const history = {
    pushState: (_state, _title, to) => steps.push(to),
    replaceState: (_state, _title, to) => steps.splice(-1, 1, to),
  };
  const listeners = [];
  const run = { state: "running" };
  globalThis.window = {
    history,
    location,
    addEventListener: (_name, heard) => listeners.push(heard),
  };
  globalThis.document = { querySelector: () => ({ getAttribute: () => run.state }) };
  oneStepAPage();
  return { steps, run, history: globalThis.window.history, goBack: () => {
    steps.pop();
    listeners.forEach((heard) => heard());
  } };
}

test("what a page says is no step of its own", (t) => {
  const { steps, run, history } = opened(t, "/overview");
  history.pushState({}, "", "/overview?study=1");
  run.state = "notRunning";
  mock.timers.tick(250);
  assert.deepEqual(steps, ["/overview?study=1"]);
});

test("what is said before a step that comes late is said of the page it leads to", (t) => {
  const { steps, run, history } = opened(t, "/annotate");
  history.pushState({}, "", "/annotate?study=1");
  mock.timers.tick(10_000);
  history.pushState({}, "", "/compare");
  run.state = "notRunning";
  mock.timers.tick(250);
  assert.deepEqual(steps, ["/annotate", "/compare?study=1"]);
});

test("what was said is not said of the page that somebody goes back to", (t) => {
  const { steps, run, history, goBack } = opened(t, "/annotate");
  history.pushState({}, "", "/compare?study=1");
  history.pushState({}, "", "/compare?study=1&assignment=1");
  goBack();
  run.state = "notRunning";
  mock.timers.tick(250);
  assert.deepEqual(steps, ["/annotate"]);
});

test("an address that was put in the place of another stays, whatever was said before", (t) => {
  const { steps, run, history } = opened(t, "/compare?study=1");
  history.pushState({}, "", "/compare?study=1&assignment=1");
  history.replaceState({}, "", "/compare?study=1&assignment=2");
  run.state = "notRunning";
  mock.timers.tick(250);
  assert.deepEqual(steps, ["/compare?study=1&assignment=2"]);
});
