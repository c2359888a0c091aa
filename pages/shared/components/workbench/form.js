// The form beside or beneath the responses: preference, rubric, error tags, comment.

import { fieldOf, itemRows } from "./checklist.js";
import { h, kbd, shortcut } from "./dom.js";
import { offersOf } from "./offering.js";
import { preferencePart } from "./preference.js";
import { rankingPart } from "./ranking.js";
import { keepFitting, reveal } from "./room.js";
import { rubricPart } from "./rubric.js";
import { sidesOf } from "./sides.js";
import { tagsPart } from "./tags.js";
import { isAnswered, wordField } from "./words.js";

/**
 * @import {
 *   Answers,
 *   Asking,
 *   Explainer,
 *   Form,
 *   FormParts,
 *   Places,
 *   PreferencePart,
 *   RubricPart,
 *   TagModel,
 *   Tags,
 *   TaskData,
 * } from "./types.js"
 */

/**
 * Build the form. `answers` is the draft and is changed in place; `onchange` hears every change.
 * Returns {node, number(part), prefer(value), takeBack(), missing(), mark(fields), name(fields), …}.
 * @param {object} task
 * @param {TaskData} task.data
 * @param {Answers} task.answers
 * @param {Explainer} task.explain
 * @param {Asking} task.asking
 * @param {() => void} task.onchange
 * @param {() => TagModel | null} task.model what suggests tags, if anything does
 * @param {() => boolean} task.isReady
 * @returns {Form}
 */
export function buildForm({ data, answers, explain, asking, onchange, model, isReady }) {
  /** @type {Places} */
  const places = new Map();
  /**
   * How to take back what is set, in the order in which it was set.
   * @type {Map<string, () => void>}
   */
  const trail = new Map();
  /** @type {FormParts} */
  const form = {
    data,
    sides: sidesOf(data),
    answers,
    explain,
    places,
    onchange,
    remember: (what, isSet, takeBack) => {
      trail.delete(what);
      if (isSet) trail.set(what, takeBack);
    },
    changed: (field) => {
      places.get(field)?.node.classList.remove("ek-missing");
      onchange();
    },
    offers: offersOf({ tags: data.tags, log: () => (answers.offers ??= []), model, isReady }),
  };
  /**
   * Make a part of the form, if the study asks for it and there is something to ask.
   * @template Part
   * @param {string} what
   * @param {unknown} isThere
   * @param {(form: FormParts) => Part} make
   */
  const part = (what, isThere, make) => (data.collect.includes(what) && isThere ? make(form) : null);
  const preference = part("preference", data.right, preferencePart);
  const ranking = part("ranking", true, rankingPart);
  const isRated = ["scores", "preferences"].some((what) => data.collect.includes(what));
  const rubric = isRated && data.criteria.length ? rubricPart(form) : null;
  const tags = part("tags", data.tags.length, tagsPart);
  const comment = part("comment", true, (of) => commentPart(of, tags));
  const parts = [preference?.node, ranking?.node, rubric?.node, tags?.node];
  const assertion = part("assertion", true, assertionPart);
  const words = h("div", { class: "ek-words" }, comment?.node, asking.button);
  const node = h(
    "section",
    { class: "ek-form", "aria-label": "Your judgement" },
    parts,
    words,
    comment?.offer,
    assertion?.node,
    asking.asked,
  );
  keepFitting(node, data.tags.length);
  /**
   * What is done in the form is seen, also where the responses had all the room.
   * @template {unknown[]} Given
   * @template Result
   * @param {(...given: Given) => Result} act
   */
  const seen = (act) => (/** @type {Given} */ ...given) => {
    reveal(node);
    return act(...given);
  };
  return {
    node,
    number: seen((digit) => rubric !== null && rubric.number(digit)),
    takeBack: seen(() => takeBackLast(trail)),
    prefer: seen((value) => rubric?.prefer(value) || (preference !== null && preference.choose(value))),
    rank: seen((side) => ranking !== null && ranking.press(side)),
    tie: seen(() => ranking !== null && ranking.tie()),
    ranking,
    doubt: seen(() => preference !== null && preference.doubt()),
    openTags: seen((side) => tags !== null && tags.open(side)),
    spans: tags?.spans ?? null,
    openSpan: seen((side, mark, isNew, onclose) => tags !== null && tags.openSpan(side, mark, isNew, onclose)),
    focusComment: seen(() => comment !== null && comment.focus()),
    takeOffer: form.offers.press,
    focusAssertion: seen(() => assertion !== null && assertion.focus()),
    missing: () => [
      ...(ranking?.isMissing() ? ["ranking"] : []),
      ...missingFields(form, { preference, rubric }),
    ],
    mark: seen((fields) => markMissing(places, fields)),
    name: (fields) => namesOf(places, fields),
  };
}

/**
 * Take back what was set last; false if nothing is set.
 * @param {Map<string, () => void>} trail
 */
function takeBackLast(trail) {
  const [last] = [...trail.values()].slice(-1);
  if (last) last();
  return Boolean(last);
}

/**
 * The fields that are asked for, not optional and not answered.
 * @param {FormParts} form
 * @param {{ preference: PreferencePart | null, rubric: RubricPart | null }} asked
 * @returns {string[]}
 */
function missingFields({ data, answers }, { preference, rubric }) {
  const asked = rubric ? [...data.criteria, ...itemRows(data.checklist)] : [];
  const required = asked.filter((criterion) => criterion.required);
  const scores = required.flatMap((criterion) => [
    ...(rubric?.sides ?? [])
      .filter((side) => !isAnswered(answers, side, criterion))
      .map((side) => fieldOf(side, criterion)),
    ...(rubric?.lacks(criterion) ? [`preference.${criterion.key}`] : []),
  ]);
  return preference?.isMissing() ? ["preference", ...scores] : scores;
}

/**
 * Highlight these fields, focus the first, and say in words what they are.
 * @param {Places} places
 * @param {string[]} fields
 */
function markMissing(places, fields) {
  places.forEach((place) => place.node.classList.remove("ek-missing"));
  const known = fields.filter((field) => places.has(field));
  known.forEach((field) => places.get(field)?.node.classList.add("ek-missing"));
  places.get(known[0])?.focus();
  return namesOf(places, known);
}

/**
 * What these fields are called, many scores by their number.
 * @param {Places} places
 * @param {string[]} fields
 * @returns {string[]}
 */
function namesOf(places, fields) {
  const known = fields.filter((field) => places.has(field));
  const overall = known.filter((field) => ["preference", "ranking"].includes(field));
  /** @type {string[]} */
  const words = overall.map((field) => (field === "ranking" ? "the ranking" : "the preference"));
  const better = known.filter((field) => field.startsWith("preference."));
  const scores = known.filter((field) => !overall.includes(field) && !better.includes(field));
  const listed = [
    [scores, "scores"],
    [better, "preferences by criterion"],
  ];
  for (const [those, name] of /** @type {[string[], string][]} */ (listed)) {
    const each = those.map((field) => places.get(field)?.words ?? field);
    words.push(...(those.length > 2 ? [`${those.length} ${name}`] : each));
  }
  return words;
}

/**
 * @param {FormParts} form
 * @param {Tags | null} tags
 */
function commentPart({ answers, onchange, offers }, tags) {
  const hint = "Comment, if needed";
  const part = wordsPart("Comment", "N", hint, answers.comment, (words) => {
    answers.comment = words;
    onchange();
  });
  const offer = tags && offers.watch(part.field, { source: "comment", places: tags.places }).node;
  return { ...part, offer };
}

/**
 * What must hold in every response to the case, for a lead to make a check of.
 * @param {FormParts} form
 */
function assertionPart({ answers, onchange }) {
  const hint = "What must hold in every response here";
  const part = wordsPart(hint, "!", "Such as: names the 30-day limit", answers.assertion || "", (words) => {
    if (words) answers.assertion = words;
    else delete answers.assertion;
    onchange();
  });
  part.field.setAttribute("maxlength", "500");
  // Said beside it as well: once both fields hold words, nothing else tells it from the comment.
  const node = h("div", { class: "ek-assertion" }, h("span", { class: "ek-hint", "aria-hidden": "true" }, hint), part.node);
  return { ...part, node };
}

/**
 * A field of words with its key.
 * @param {string} name
 * @param {string} key
 * @param {string} hint
 * @param {string} value
 * @param {(words: string) => void} onwritten
 */
function wordsPart(name, key, hint, value, onwritten) {
  const field = wordField(value, { "aria-label": name, ...shortcut(key), placeholder: hint }, onwritten);
  const focus = () => {
    field.focus();
    return true;
  };
  return { node: h("div", { class: "ek-comment" }, field, kbd(key)), field, focus };
}
