// What a person wishes: how text is set, whether the time is seen, and whether storing is heard.

import { choices, h } from "./dom.js";
import { sender } from "./saving.js";
import { chime } from "./sound.js";

/** @import { Comfort } from "./types.js" */

/** @type {{ key: keyof Comfort, label: string, words: string[] }[]} */
const WISHES = [
  { key: "size", label: "Text", words: ["Smaller", "Normal", "Larger", "Largest"] },
  { key: "lines", label: "Lines", words: ["Short", "Normal", "As long as the pane"] },
  { key: "density", label: "Distance of lines", words: ["Close", "Normal", "Wide"] },
  { key: "timer", label: "Time on this case", words: ["Hidden", "Shown"] },
  { key: "sound", label: "Sound when a case is stored", words: ["Off", "On"] },
];
/** @type {Comfort} */
const NORMAL = { size: 1, lines: 1, density: 1, timer: 0, sound: 0 };

/** Each account has its own wishes in this browser. */
const place = () => `evalkit-reading-${sender.account}`;

/** @returns {Comfort} */
function wishes() {
  try {
    return { ...NORMAL, ...JSON.parse(window.localStorage.getItem(place()) ?? "{}") };
  } catch {
    return NORMAL; // a browser that keeps nothing, or something else that was kept there
  }
}

/** Let it be heard that a case is stored, where that is wished. */
export function soundStored() {
  if (wishes().sound === 1) chime();
}

/**
 * Set the text as it is wished.
 * @param {HTMLElement} root
 */
export function applyComfort(root) {
  for (const [key, value] of Object.entries(wishes())) root.dataset[key] = String(value);
}

/**
 * What can be wished: it holds at once, and in this browser for this account from now on.
 * @param {HTMLElement} root
 */
export function comfortContent(root) {
  return WISHES.map(({ key, label, words }) => {
    const group = choices({
      label,
      className: "ek-wishes",
      value: wishes()[key],
      options: words.map((word, value) => ({ value, name: word, face: word })),
      onchoose: (value) => {
        try {
          window.localStorage.setItem(place(), JSON.stringify({ ...wishes(), [key]: value }));
        } catch {
          // it holds for this case
        }
        root.dataset[key] = String(value);
        if (key === "sound") soundStored();
      },
    });
    return h("div", { class: "ek-wish" }, h("h3", { class: "ek-role" }, label), group.node);
  });
}
