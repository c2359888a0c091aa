// Offsets of what is read and of what was written; words and sentences that a caret goes to.

import assert from "node:assert/strict";
import test from "node:test";
import {
  pointsIn,
  seen,
  sentencesIn,
  trimmed,
  unitsOf,
  wholeCharacters,
  wordsIn,
  written,
} from "../../pages/shared/components/workbench/places.js";
import { layered } from "../../pages/shared/components/workbench/selecting.js";
import { shortened, sorted, wordsOf } from "../../pages/shared/components/workbench/spans.js";

/** What `**Ab** $x$ cd` is read as: "Ab x cd", of which the formula has no place. */
const RUNS = [
  [0, 2, 2],
  [2, 6, 1],
  [4, 10, 3],
];

test("a stretch that has a place of its own is found there", () => {
  assert.deepEqual(written(RUNS, { start: 0, end: 2 }, 13), { start: 2, end: 4 });
  assert.deepEqual(written(RUNS, { start: 1, end: 7 }, 13), { start: 3, end: 13 });
});

test("a formula reaches from the place before it to the one behind it, and back", () => {
  assert.deepEqual(written(RUNS, { start: 3, end: 4 }, 13), { start: 7, end: 10 });
  assert.deepEqual(seen(RUNS, { start: 7, end: 10 }, 7), { start: 3, end: 4 });
});

test("the way back leads to what was read, for every stretch that begins and ends in a place", () => {
  for (const start of [0, 1, 2, 4, 5, 6]) {
    for (const end of [1, 2, 3, 5, 6, 7].filter((last) => last > start)) {
      const there = written(RUNS, { start, end }, 13);
      assert.deepEqual(seen(RUNS, there, 7), { start, end });
    }
  }
});

test("code points are counted, not units", () => {
  const text = "a👩‍👧é𝒳";
  assert.equal(pointsIn(text), [...text].length);
  for (let points = 0; points <= [...text].length; points += 1) {
    assert.equal(unitsOf(text, points), [...text].slice(0, points).join("").length);
  }
  assert.equal(pointsIn("\ud83d"), 1); // half of a pair
});

test("a stretch grows to whole characters, and loses white space at its ends", () => {
  const text = "a e\u0301 👩‍👧 b";
  const family = text.indexOf("👩");
  assert.deepEqual(wholeCharacters(text, { start: 2, end: 3 }), { start: 2, end: 4 });
  assert.deepEqual(wholeCharacters(text, { start: family + 2, end: family + 3 }), {
    start: family,
    end: family + "👩‍👧".length,
  });
  assert.deepEqual(trimmed("  ab \n", { start: 0, end: 6 }), { start: 2, end: 4 });
  assert.deepEqual(trimmed("   ", { start: 1, end: 3 }), { start: 1, end: 1 });
});

test("a caret stops at words and at what stands between them", () => {
  const text = "Don't, 3.14 (yes)…";
  assert.deepEqual(
    wordsIn(text).map(({ start, end }) => text.slice(start, end)),
    ["Don't", ",", "3.14", "(", "yes", ")…"],
  );
  assert.deepEqual(wordsIn(" \n "), []);
  assert.ok(wordsIn("您可以在收货后退回耳机").length > 3);
});

test("a sentence ends at its line, and has no white space around it", () => {
  const text = "One here. Two?\n\n  Three";
  assert.deepEqual(
    sentencesIn(text).map(({ start, end }) => text.slice(start, end)),
    ["One here.", "Two?", "Three"],
  );
});

const mark = (start, end, more = {}) => ({
  tag: "tone", severity: null, start, end, quote: "x", note: "", step: null, omission: false, ...more,
});

test("marks over one another lie in different layers, others in the lowest", () => {
  const layers = layered([mark(0, 9), mark(10, 12), mark(2, 4), mark(3, 6), mark(4, 5), mark(null, null)]);
  assert.deepEqual(
    layers.map(({ mark: { start }, layer }) => [start, layer]),
    [[0, 0], [2, 1], [3, 2], [4, 1], [10, 0]],
  );
});

test("marks are listed in the order of the text, those without a place behind", () => {
  const marks = [mark(null, null, { omission: true }), mark(5, 6), mark(1, 2)];
  assert.deepEqual(sorted(marks).map(({ start }) => start), [1, 5, null]);
  assert.deepEqual(sorted(marks).map(wordsOf), ["“x”", "“x”", "missing content"]);
  assert.equal(wordsOf(mark(null, null, { step: 2, quote: null })), "step 3");
});

test("a long quote is shortened in its middle, by characters", () => {
  assert.equal(shortened("a\n b", 9), "a b");
  assert.equal(shortened("👧".repeat(9), 4), "👧👧 … 👧👧");
});
