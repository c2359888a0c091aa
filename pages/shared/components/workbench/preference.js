// The preference: which response is better; where it is asked, by how much, and whether one is sure.

import { button, choices, h, kbd } from "./dom.js";

/** @import { FormParts, Preference, PreferencePart, TaskData } from "./types.js" */

/** @type {Preference[]} */
const PLAIN = [
  { preference: "left", name: "A better", keys: ["A"] },
  { preference: "right", name: "B better", keys: ["B"] },
  { preference: "tie", name: "Equally good", keys: ["E"] },
  { preference: "both_bad", name: "Both bad", keys: ["X"] },
];
/** From one end to the other, and what has no place between them. */
/** @type {Preference[]} */
const GRADED = [
  { preference: "left", strength: "much", name: "A much better", keys: ["A", "A"] },
  { preference: "left", strength: "slightly", name: "A better", keys: ["A"] },
  { preference: "tie", name: "Equally good", keys: ["E"] },
  { preference: "right", strength: "slightly", name: "B better", keys: ["B"] },
  { preference: "right", strength: "much", name: "B much better", keys: ["B", "B"] },
  { preference: "both_bad", name: "Both bad", keys: ["X"] },
];

/**
 * What can be preferred, in the order of the screen.
 * @param {Pick<TaskData, "collect">} data
 */
export const preferences = ({ collect }) => (collect.includes("strength") ? GRADED : PLAIN);

/**
 * What a key chooses: once more the same is much better, and a third time slightly again.
 * @param {Preference[]} options
 * @param {string} preference
 * @param {Preference | null | undefined} chosen
 */
export function keyed(options, preference, chosen) {
  const own = options.filter((option) => option.preference === preference);
  const usual = own.find((option) => option.strength !== "much");
  return chosen && chosen === usual ? (own.find((option) => option !== usual) ?? usual) : usual;
}

/**
 * Build the group, and beside it what says that one is not sure.
 * @param {FormParts} form
 * @returns {PreferencePart}
 */
export function preferencePart(form) {
  const { data, answers, places, changed, remember } = form;
  const options = preferences(data);
  const group = choices({
    label: "Which response is better",
    className: options === GRADED ? "ek-preference ek-graded" : "ek-preference",
    value: options.find(
      ({ preference, strength }) =>
        preference === answers.preference && strength === answers.strength,
    ),
    options: options.map((option) => ({
      value: option,
      name: option.name,
      key: option.keys.length === 1 ? option.keys[0] : null,
      face: h("span", { class: "ek-face" }, option.name, h("span", {}, option.keys.map(kbd))),
    })),
    onchoose: (option) => {
      answers.preference = option?.preference ?? null;
      answers.strength = option?.strength;
      remember("preference", answers.preference !== null, takeBack);
      changed("preference");
    },
  });
  function takeBack() {
    group.choose(null);
    group.focus();
  }
  remember("preference", answers.preference !== null, takeBack);
  places.set("preference", { node: group.node, words: "preference", focus: group.focus });
  const certainty = data.collect.includes("certainty") ? certaintyPart(form) : null;
  /** @param {string} preference */
  const choose = (preference) => {
    group.choose(keyed(options, preference, group.chosen()));
    return true;
  };
  return {
    node: certainty ? h("div", { class: "ek-preferring" }, group.node, certainty) : group.node,
    choose,
    doubt: () => certainty !== null && (certainty.click(), true),
    isMissing: () => !group.chosen(),
  };
}

/**
 * Who does not press it is sure.
 * @param {FormParts} form
 */
function certaintyPart({ answers, remember, onchange }) {
  const node = button("Not sure", "I", toggle, { class: "ek-button ek-unsure" });
  function toggle() {
    answers.certainty = answers.certainty === "unsure" ? undefined : "unsure";
    paint();
    onchange();
  }
  function paint() {
    const isUnsure = answers.certainty === "unsure";
    node.setAttribute("aria-pressed", String(isUnsure));
    remember("certainty", isUnsure, toggle);
  }
  paint();
  return node;
}
