// What can be marked and what is: tags in groups, a letter for each, the marks of one side.

import { LETTER } from "./sides.js";

/** @import { FormParts, Marking, Side, Tag, TagGroup } from "./types.js" */

/**
 * Tags of one parent stand together, under its name: what comes before "/" in their keys.
 * @param {Tag[]} tags
 * @returns {TagGroup[]}
 */
export function groupsOf(tags) {
  /** @type {Map<string, TagGroup>} */
  const groups = new Map();
  const names = new Map(tags.map((tag) => [tag.key, tag.name]));
  const parents = new Set(tags.flatMap(({ key }) => (key.includes("/") ? [parentOf(key)] : [])));
  for (const tag of tags) {
    const parent = tag.key.includes("/") ? parentOf(tag.key) : parents.has(tag.key) ? tag.key : "";
    const name = parent && (names.get(parent) ?? spelt(parent));
    const group = groups.get(parent) ?? { name, tags: [] };
    if (tag.key === parent) group.tags.unshift(tag);
    else group.tags.push(tag);
    groups.set(parent, group);
  }
  return [...groups.values()];
}

/** @param {string} key */
const parentOf = (key) => key.slice(0, key.lastIndexOf("/"));

/**
 * A parent without a tag of its own is called by its key: "layout" is "Layout".
 * @param {string} key
 */
function spelt(key) {
  const words = key.replace(/[_/]/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * What is marked on one side, and how it is changed; `hear` is called after every change.
 * @param {FormParts} form
 * @param {Side} side
 * @returns {Marking}
 */
export function markingOf({ sides, answers, remember, onchange }, side) {
  const marks = answers.tags[side];
  /** @type {Set<() => void>} */
  const listeners = new Set();
  /**
   * @param {Tag} tag
   * @param {string | null | undefined} severity
   */
  function set(tag, severity) {
    if (severity === undefined) delete marks[tag.key];
    else marks[tag.key] = severity;
    noteDown(tag);
    listeners.forEach((listener) => listener());
    onchange();
  }
  /** @param {Tag} tag */
  const noteDown = (tag) =>
    remember(`${side} ${tag.key}`, tag.key in marks, () => set(tag, undefined));
  return {
    title: sides.length > 1 ? `Errors in ${LETTER[side]}` : "Errors",
    marks,
    set,
    isClearable: true,
    noteDown,
    /** Off → each severity → off. */
    next: (tag) => {
      const severities = severitiesOf(tag);
      set(tag, severities[tag.key in marks ? severities.indexOf(marks[tag.key]) + 1 : 0]);
    },
    hear: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * The keys of what can be chosen.
 * @param {Tag} tag
 * @returns {(string | null)[]}
 */
export const severitiesOf = (tag) => (tag.severities.length ? tag.severities.map(({ key }) => key) : [null]);

/**
 * What a severity is called; one that the tag has not is called by its key.
 * @param {Tag | undefined} tag
 * @param {string | null} severity
 */
export const severityName = (tag, severity) => gradeOf(tag, severity)?.name ?? severity;

/**
 * How bad a severity is, from 0, the mildest, to 1.
 * @param {Tag | undefined} tag
 * @param {string | null} severity
 */
export const gravityOf = (tag, severity) => gradeOf(tag, severity)?.gravity ?? 0;

/** @param {Tag | undefined} tag @param {string | null} severity */
const gradeOf = (tag, severity) => tag?.severities.find(({ key }) => key === severity);

/** D and F lead to the palettes themselves, from within them, too. */
const LETTERS = "abceghijklmnopqrstuvwxyz";

/**
 * Give each tag the first letter of its name that is still free, then any; where there are more
 * tags than letters none has one, and all are found by typing.
 * @param {Tag[]} tags
 * @returns {Map<string, string>}
 */
export function lettersOf(tags) {
  const free = new Set(LETTERS);
  const letters = new Map();
  if (tags.length > free.size) return letters;
  /**
   * @param {Tag} tag
   * @param {Iterable<string>} wished
   */
  const take = (tag, wished) => {
    const letter = letters.has(tag.key) ? undefined : [...wished].find((key) => free.has(key));
    if (letter === undefined) return;
    free.delete(letter);
    letters.set(tag.key, letter);
  };
  const name = (/** @type {Tag} */ tag) => tag.name.normalize("NFKD").toLowerCase();
  for (const tag of tags) take(tag, name(tag).slice(0, 1));
  for (const tag of tags) take(tag, name(tag).split(/\s+/).map((word) => word.charAt(0)));
  for (const tag of tags) take(tag, name(tag));
  for (const tag of tags) take(tag, free);
  return letters;
}
