// Typing scores: which cell is filled, and when the marker goes on (docs/annotators.md, Keys).

import assert from "node:assert/strict";
import { test } from "node:test";

import { firstOpen, typeScore } from "../../pages/shared/components/workbench/rubric.js";

/** Two cells of a scale, without a page around them. */
function twoCells(values) {
  const cells = [0, 1].map((at) => {
    let score;
    return {
      row: 0,
      node: { classList: { toggle() {} } },
      options: values.map((value) => ({ value, number: String(value) })),
      chosen: () => score,
      choose: (value) => (score = value),
      describe() {},
      focus() {
        rubric.cursor = at;
        rubric.typed = "";
      },
    };
  });
  const rubric = { cells, rows: [], cursor: 0, typed: "" };
  return rubric;
}
const scores = ({ cells }) => cells.map((cell) => cell.chosen());
const type = (rubric, keys) => [...keys].map((key) => typeScore(rubric, key));

test("a score of one key is set, and the next cell is on", () => {
  const rubric = twoCells([1, 2, 3]);
  assert.deepEqual(type(rubric, "32"), [true, true]);
  assert.deepEqual(scores(rubric), [3, 2]);
});

test("a key that is on no level is left to the page", () => {
  const rubric = twoCells([1, 2, 3]);
  assert.deepEqual(type(rubric, "9"), [false]);
  assert.deepEqual(scores(rubric), [undefined, undefined]);
});

test("1 of a scale to 10 waits for 0", () => {
  const rubric = twoCells([1, 2, 10]);
  assert.deepEqual(type(rubric, "102"), [true, true, true]);
  assert.deepEqual(scores(rubric), [10, 2]);
});

test("1 of a scale to 10 goes on for anything but 0", () => {
  const rubric = twoCells([1, 2, 10]);
  assert.deepEqual(type(rubric, "12"), [true, true]);
  assert.deepEqual(scores(rubric), [1, 2]);
});

test("a minus alone sets nothing, and is forgotten for what is on a level", () => {
  const rubric = twoCells([-2, -1, 0, 1, 2]);
  assert.deepEqual(type(rubric, "-2"), [true, true]);
  assert.deepEqual(type(rubric, "-"), [true]);
  assert.deepEqual(scores(rubric), [-2, undefined]);
  assert.deepEqual(type(rubric, "0"), [true]);
  assert.deepEqual(scores(rubric), [-2, 0]);
});

test("half points are typed as they are printed", () => {
  const rubric = twoCells([1, 1.5, 2]);
  type(rubric, "1.5");
  assert.deepEqual(scores(rubric), [1.5, undefined]);
});

test("behind the last cell digits reach nothing", () => {
  const rubric = twoCells([1, 2, 3]);
  type(rubric, "12");
  assert.deepEqual(type(rubric, "3"), [false]);
  assert.deepEqual(scores(rubric), [1, 2]);
});

test("the first open cell is the first without a score, or behind the last", () => {
  const rubric = twoCells([0, 1]);
  assert.equal(firstOpen(rubric), 0);
  rubric.cells[0].choose(0);
  assert.equal(firstOpen(rubric), 1);
  rubric.cells[1].choose(1);
  assert.equal(firstOpen(rubric), 2);
});
