// What makes hours of it bearable: wishes, the time on a case, and a pause that covers everything.

import { comfortContent } from "./comfort.js";
import { openDialog } from "./dialogs.js";
import { button, h } from "./dom.js";

/** @import { Screen } from "./types.js" */

/** @param {Screen} screen */
export function openComfort(screen) {
  const pause = () => {
    dialog?.close();
    return openPause(screen);
  };
  const dialog = openDialog(screen, {
    label: "Text and comfort",
    className: "ek-small",
    letter: "l",
    content: [
      comfortContent(screen.root),
      h("p", { class: "ek-hint" }, "Kept in this browser, for your account."),
    ],
    end: button("Pause", "Z", pause),
  });
  if (!dialog) return;
  const { onkey } = dialog;
  dialog.onkey = (name, numbers) => (name === "z" ? pause() : onkey(name, numbers));
}

/**
 * A time as clocks show it: "0:05", "12:30", "1:02:03".
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/**
 * Keep the clock of the screen going; returns how to stop. The time is that which is stored.
 * @param {Screen} screen
 */
export function runClock({ root, watch }) {
  const place = root.querySelector(".ek-timer");
  const paint = () => {
    if (place && root.dataset.timer === "1") place.textContent = clock(watch.seconds());
  };
  paint();
  const ticking = setInterval(paint, 1000);
  return () => clearInterval(ticking);
}

/**
 * Cover all there is to read until somebody goes on, by whatever key. What is reserved runs out as
 * it does where nobody is at work.
 * @param {Screen} screen
 */
export function openPause(screen) {
  const { watch } = screen;
  const words = "Your time on this case stands still. Any key goes on, or a click.";
  const dialog = openDialog(screen, {
    label: "Paused",
    className: "ek-small ek-paused",
    letter: "z",
    content: h("p", {}, words),
  });
  if (!dialog) return false;
  const goOn = () => {
    dialog.close();
    return true;
  };
  watch.pause(true);
  dialog.onkey = goOn;
  dialog.addEventListener("click", goOn);
  dialog.addEventListener("keydown", (event) => {
    if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return; // no key by themselves
    event.preventDefault();
    goOn();
  });
  dialog.addEventListener("close", () => watch.pause(false));
  return true;
}
