// The annotation screen: one assignment at a time, drawn from plain data, kept by HTTP.

import { h } from "./dom.js";
import { ahead } from "./ahead.js";
import { adopt, comeEarly, isEarly, rememberLooks } from "./early.js";
import { addressed, runAddressed, sayAddress, url } from "./going.js";
import { holding } from "./holding.js";
import { outbox } from "./outbox.js";
import { sender } from "./saving.js";
import { openScreen } from "./screen.js";
import { answered, giveWay, signedOut } from "./sending.js";
import { paintStatus, sayProgress } from "./standing.js";
import { studies } from "./study.js";

export { drawPreview } from "./looking.js";

/** @import { Component, Desk, Host, Memory, PageData, TaskData } from "./types.js" */

/**
 * What outlives the cases, as long as the page does.
 * @param {Host} host
 * @param {PageData} page
 * @returns {Desk}
 */
function openDesk(host, page) {
  sender.account = page.account;
  /** @type {Memory} */
  const memory = { together: false, isRaw: false, caseSize: "normal", skipped: [], last: null };
  const desk = /** @type {Desk} */ ({ host, page, memory, screen: null, isClosed: false });
  desk.path = window.location.pathname;
  const onScreen = () => {
    const { screen } = desk;
    if (screen === null || screen.sending) return null;
    const seconds = (performance.now() - screen.openedAt) / 1000;
    return { assignment_id: screen.data.assignment_id, token: screen.data.token, seconds };
  };
  desk.outbox = outbox({
    account: page.account,
    url: (path) => url(desk, path),
    besides: ({ study_id }) =>
      desk.screen?.data.study_id === study_id ? { hold: true, shown: onScreen() } : {},
    asks: true,
    onchange: () => desk.screen && paintStatus(desk.screen),
    onsignedout: (answer) => desk.screen && signedOut(desk.screen, answer),
    onanswer: (entry, answer) => answered(desk, entry, answer),
  });
  desk.holding = holding(desk, {
    url: (name) => url(desk, name),
    shown: onScreen,
    onheld: () => desk.screen && giveWay(desk.screen),
    onchange: () => desk.ahead.make(),
    onprogress: (done, total) => desk.screen && sayProgress(desk.screen, done, total),
  });
  desk.ahead = ahead(desk);
  desk.studies = studies(desk);
  desk.paint = (task, isAddressed = false) => {
    desk.screen?.close();
    desk.holding.drop(task.study_id);
    desk.screen = openScreen(desk, task);
    if (!isAddressed) sayAddress(task);
    if (desk.outbox.isEmpty()) desk.holding.ask(); // else the answer for it brings the next
    desk.studies.arrive(desk.screen);
    return desk.screen;
  };
  desk.close = () => {
    desk.isClosed = true;
    desk.screen?.close();
    desk.outbox.close();
    desk.holding.close();
    desk.ahead.drop();
  };
  return desk;
}

/**
 * Streamlit runs the page at its first case, and where the browser's way back leads to one.
 * A run for any other reason, as after a lost connection, is about what the screen has left.
 * @param {Desk} desk
 * @param {TaskData} task
 */
function arrive(desk, task) {
  const { screen, paint } = desk;
  if (isAddressed(desk) || (screen?.state !== "leaving" && screen?.data.token === task.token)) return;
  paint(task, true); // Streamlit says it in the address
}

/**
 * Tell whether the address is still that of the screen. Streamlit, when it has lost its session, runs
 * the address of the last run: of a case that may not be shown any more.
 * @param {Desk} desk
 */
const isAddressed = ({ screen, path }) =>
  screen !== null &&
  screen.state !== "leaving" &&
  window.location.pathname === path &&
  addressed() === screen.data.assignment_id;

/**
 * Streamlit calls this at every rerun; what is being worked on is left alone.
 * @param {Component<[PageData]>} component
 */
export default function workbench({ parentElement, data: [page] }) {
  const early = adopt(parentElement);
  /** @type {Host} */
  const host = early ?? parentElement.querySelector(".ek-host") ?? h("div", { class: "ek-host" });
  if (!host.isConnected) parentElement.append(host);
  rememberLooks(parentElement);
  let { desk } = host;
  if (desk && desk.page.account !== page.account) {
    desk.close();
    desk = null;
  }
  if (!desk || desk.page.turn !== page.turn) {
    desk = host.desk = desk ?? openDesk(host, page);
    desk.page = page;
    // Who is at work already may have gone on since Streamlit was asked for this page.
    if (early && desk.screen) sayAddress(desk.screen.data);
    else arrive(desk, page.task);
  }
  return () => {
    // Streamlit may clean up only to call again: what is closed for good is no longer in the page.
    setTimeout(() => {
      if (host.isConnected || !host.desk) return;
      const isAstray = isAddressed(host.desk);
      host.desk.close();
      host.desk = null;
      if (isAstray) runAddressed();
    });
  };
}

/** Draw the case that came with the page, before Streamlit does. */
export function drawEarly() {
  const early = comeEarly();
  if (!early) return;
  const { host, page } = early;
  // Streamlit does not hear yet that the browser's own ways lead to another page of its.
  window.addEventListener("popstate", () => {
    if (!isEarly(host)) return;
    // What Streamlit still runs here is the page that was left: a step to it would cut the way on.
    window.history.pushState = window.history.replaceState = () => {};
    window.location.reload();
  });
  host.desk = openDesk(host, page);
  host.desk.paint(page.task);
}
