// The palette of errors: any tag of a side by its letter, all with what they mean.

import { button, choices, h, kbd, shortcut } from "./dom.js";
import { singleKeys } from "./keys.js";
import { lettersOf, severitiesOf } from "./marks.js";

/** @import { Entry, KeyDialog, Marking, Palette, Tag, TagGroup } from "./types.js" */

/** From so many tags on, only the one that is pointed at says what it means. */
const DENSE = 13;
/** So many severities, and so many letters of theirs, stand beside the name of an error. */
const FEW = 3;
const ROOM = 24;

/**
 * Open the palette of one side; its own key, Enter and Esc close it, that of the other side turns
 * to the other. It covers the form, and leaves the responses to be read.
 * @param {Palette} palette
 */
export function openPalette({ form, groups, marking, key, turnTo, extra }) {
  const root = /** @type {HTMLElement} */ (form.closest(".ek-workbench"));
  closePalette(root);
  const goBack = wayBack(document.activeElement);
  if (root.querySelector("dialog[open]")) return;
  const tags = groups.flatMap((group) => group.tags);
  const letters = lettersOf(tags);
  const entries = tags.map((tag) => entryOf({ tag, marking, letter: letters.get(tag.key) }));
  const field = h("input", {
    type: "search",
    class: "ek-search",
    "aria-label": "Find an error",
    placeholder: "Find",
    autocomplete: "off",
    ...shortcut("/"),
  });
  const body = h("div", { class: "ek-palette-body", tabindex: "-1" }, groupParts(groups, entries));
  function close() {
    entries.forEach((entry) => entry.forget());
    element.remove();
    extra?.onclose?.();
    goBack();
  }
  const line = h(
    "div",
    { class: "ek-palette-line" },
    h("h2", {}, marking.title),
    h("label", { class: "ek-searching" }, field, kbd("/")),
    button("Done", "Enter", close, { class: "ek-button ek-quiet" }),
  );
  const name = `ek-palette${tags.length >= DENSE ? " ek-dense" : ""}`;
  /** @type {HTMLDialogElement} */
  const element = h("dialog", { class: name, "aria-label": marking.title }, line, extra?.node, body);
  field.addEventListener("input", () => narrow(element, entries, field.value));
  listen(element, { entries, field, close });
  const marked = entries.filter(({ tag }) => tag.key in marking.marks);
  const last = marked.length === 1 ? marked[0] : undefined;
  const onkey = keys({ entries, last, field, close, turnTo, key, more: extra?.keys ?? {} });
  root.append(Object.assign(element, { onkey, close }));
  singleKeys.paint(root);
  element.show();
  (letters.size ? body : field).focus();
}

/**
 * Close the palette that is open, if one is.
 * @param {Element} root
 */
export function closePalette(root) {
  /** @type {KeyDialog | null} */ (root.querySelector(".ek-palette"))?.close();
}

/**
 * How the focus goes back to what has it; of marks, which are drawn anew, to what stands there now.
 * @param {Element | null} before
 */
function wayBack(before) {
  const home = before?.closest(".ek-step-line, .ek-span-list");
  const ways = () => /** @type {Element[]} */ ([...(home?.querySelectorAll("button") ?? [])]);
  const at = before ? ways().indexOf(before) : -1;
  return () => {
    const way = before?.isConnected ? before : (ways()[at] ?? ways().at(-1));
    if (way instanceof HTMLElement) way.focus();
  };
}

/**
 * What keys do in the palette; a number grades what was marked last, or the only mark there is.
 * @param {object} palette
 * @param {Entry[]} palette.entries
 * @param {Entry | undefined} palette.last
 * @param {HTMLElement} palette.field
 * @param {() => void} palette.close
 * @param {(letter: string) => boolean} palette.turnTo
 * @param {string} palette.key
 * @param {Record<string, () => unknown>} palette.more
 * @returns {KeyDialog["onkey"]}
 */
function keys({ entries, last, field, close, turnTo, key, more }) {
  return (name, numbers) => {
    const entry = entries.find(({ letter }) => letter === name);
    if (entry) {
      last = entry;
      entry.press();
    } else if (name === "/") field.focus();
    else if (more[name]) more[name]();
    else if (name === key.toLowerCase()) close();
    else return turnTo(name) || numbers.some((digit) => last?.grade(Number(digit)));
    return true;
  };
}

/**
 * Enter marks what was found, else ends; Esc ends; arrows go through the tags.
 * @param {HTMLDialogElement} element
 * @param {{ entries: Entry[], field: HTMLInputElement, close: () => void }} parts
 */
function listen(element, { entries, field, close }) {
  const seen = () => entries.filter((entry) => !entry.node.hidden);
  /** @param {number} step */
  const go = (step) => {
    const ways = [field, ...seen().map((entry) => entry.main)];
    const at = ways.findIndex((way) => way.parentElement?.contains(document.activeElement));
    ways[at + step]?.focus();
  };
  /** @param {KeyboardEvent} event */
  const enter = (event) => {
    const [first] = seen();
    if (event.target !== field || !field.value || !first) return close();
    if (!event.repeat) first.press();
    field.select();
  };
  /** @type {Record<string, ((event: KeyboardEvent) => void) | undefined>} */
  const actions = {
    ArrowDown: () => go(1),
    ArrowUp: () => go(-1),
    Escape: close,
    Enter: enter,
  };
  element.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    action(event);
  });
}

/**
 * Show only what a search finds, in name or definition.
 * @param {HTMLElement} element
 * @param {Entry[]} entries
 * @param {string} words
 */
function narrow(element, entries, words) {
  const sought = words.trim().toLowerCase();
  entries.forEach((entry) => (entry.node.hidden = !entry.words.includes(sought)));
  element.querySelectorAll(".ek-group").forEach((group) => {
    const isEmpty = !group.querySelector(".ek-entry:not([hidden])");
    /** @type {HTMLElement} */ (group).hidden = isEmpty;
  });
}

/**
 * @param {TagGroup[]} groups
 * @param {Entry[]} entries
 */
function groupParts(groups, entries) {
  return groups.map((group) =>
    h(
      "div",
      group.name
        ? { class: "ek-group ek-children", role: "group", "aria-label": group.name }
        : { class: "ek-group" },
      parentLine(group),
      entries.filter((entry) => group.tags.includes(entry.tag)).map((entry) => entry.node),
    ),
  );
}

/**
 * The name over the tags of a parent, unless it is a tag itself and stands there as one.
 * @param {TagGroup} group
 */
export function parentLine({ name, tags }) {
  if (!name || tags.some((tag) => tag.name === name)) return null;
  return h("div", { class: "ek-parent", "aria-hidden": "true" }, name);
}

/**
 * One tag: its letter, name and definition; once it is marked, how severe.
 * @param {{ tag: Tag, marking: Marking, letter: string | undefined }} about
 * @returns {Entry}
 */
function entryOf({ tag, marking, letter }) {
  const { marks, title } = marking;
  const severities = severitiesOf(tag);
  const printed = letter?.toUpperCase() ?? null;
  const press = () => marking.next(tag);
  const main = h(
    "button",
    { type: "button", class: "ek-entry-main", onclick: press, ...shortcut(printed) },
    printed ? kbd(printed) : null,
    h("span", { class: "ek-entry-name", dir: "auto" }, tag.name),
    h("span", { class: "ek-definition", dir: "auto" }, tag.definition),
  );
  const grading = severities.length > 1 ? gradingOf({ tag, marking }) : null;
  const letters = tag.severities.reduce((n, { name }) => n + name.length, 0);
  const isWide = letters > ROOM || severities.length > FEW;
  const node = h("div", { class: `ek-entry${isWide ? " ek-graded" : ""}` }, main, grading?.node);
  function paint() {
    main.setAttribute("aria-pressed", String(tag.key in marks));
    main.setAttribute("aria-label", `${title}: ${tag.name}. ${tag.definition}`);
    node.classList.toggle("ek-marked", tag.key in marks);
    grading?.paint();
  }
  const forget = marking.hear(paint);
  paint();
  const words = `${tag.name} ${tag.definition}`.toLowerCase();
  /** @param {number} number */
  const grade = (number) => {
    const severity = severities[number - 1];
    if (severity === undefined) return false;
    marking.set(tag, severity);
    return true;
  };
  return { tag, letter, node, main, words, press, grade, forget };
}

/** @param {{ tag: Tag, marking: Marking }} about */
function gradingOf({ tag, marking }) {
  let isPainting = false;
  const isMany = tag.severities.length > FEW;
  const group = choices({
    label: `Severity of ${tag.name}`,
    className: "ek-grading",
    value: marking.marks[tag.key],
    clearable: marking.isClearable,
    options: tag.severities.map(({ key, name }, at) => ({
      value: key,
      name,
      face: isMany ? h("span", {}, h("span", { dir: "auto" }, name), kbd(String(at + 1))) : name,
      key: isMany ? String(at + 1) : null,
    })),
    onchoose: (severity) => isPainting || marking.set(tag, severity ?? undefined),
  });
  function paint() {
    isPainting = true; // what is marked elsewhere is shown here, and not marked again
    group.choose(marking.marks[tag.key]);
    isPainting = false;
  }
  return { node: group.node, paint };
}
