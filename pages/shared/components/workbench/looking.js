// The screen to look at only, in the form of a study: nothing is sent, kept or asked for.

import { h } from "./dom.js";
import { openScreen } from "./screen.js";

/** @import { Desk, Host, Screen, TaskData } from "./types.js" */

/** @type {Screen | undefined} */
let drawn;

/**
 * Draw a case in a page that holds nothing else, in the place of the one before.
 * @param {TaskData} task
 * @param {[string, string][]} looks what Streamlit says of colours and fonts
 */
export function drawPreview(task, looks) {
  drawn?.close(); // its clocks would run on behind the one that takes its place
  /** @type {Host} */
  const host = h("div", { class: "ek-host" });
  looks.forEach(([name, value]) => host.style.setProperty(name, value));
  document.body.replaceChildren(host);
  drawn = openScreen(deskOf(host, task), task);
  drawn.state = "leaving"; // it hears no key, and looks as it would
  drawn.root.inert = true;
}

/**
 * A desk on which nothing happens.
 * @param {Host} host
 * @param {TaskData} task
 * @returns {Desk}
 */
function deskOf(host, task) {
  const nothing = () => {};
  const never = async () => {};
  const page = { turn: "", prefix: "/", account: "", hold_seconds: 0, skip_reasons: [], task };
  return {
    host,
    page,
    memory: { together: false, isRaw: false, caseSize: "normal", skipped: [], last: null },
    outbox: {
      put: nothing,
      withdraw: nothing,
      of: () => undefined,
      pending: () => 0,
      isEmpty: () => true,
      all: () => [],
      trouble: () => "",
      words: () => "",
      drained: async () => true,
      close: nothing,
    },
    holding: { keep: nothing, ask: never, peek: () => null, take: () => null, drop: nothing, close: nothing },
    ahead: { make: nothing, take: () => null, drop: nothing },
    studies: { of: () => null, arrive: never, refresh: never, repaint: nothing },
    screen: null,
    isClosed: false,
    path: "",
    paint: () => {
      throw new Error("A preview shows one case.");
    },
    close: nothing,
  };
}
