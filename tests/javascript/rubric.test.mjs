// Typing scores: which cell is filled, and when the marker goes on (docs/annotators.md, Keys).

import assert from "node:assert/strict";
import { test } from "node:test";

import { endsOf, isOnRange, readNumber } from "../../pages/shared/components/workbench/continuous.js";
import { readLevel } from "../../pages/shared/components/workbench/levels.js";
import { firstOpen, typeScore } from "../../pages/shared/components/workbench/rubric.js";

const readOf = (values, typed) =>
  readLevel(
    values.map((value) => ({ value, number: String(value) })),
    typed,
  );

/** Two cells of a scale, without a page around them. */
function twoCells(values, read = readOf) {
  const cells = [0, 1].map((at) => {
    let score;
    return {
      row: 0,
      node: { classList: { toggle() {} } },
      read: (typed) => read(values, typed),
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

const hundred = { min: 0, max: 100, step: 0.5, low: "", high: "" };
const around = { min: -5, max: 5, step: 1, low: "", high: "" };
const twoSliders = (range) => twoCells(range, readNumber);

test("on a range a number is set as it is typed, and the marker waits while it may go on", () => {
  const rubric = twoSliders(hundred);
  assert.deepEqual(type(rubric, "87.5"), [true, true, true, true]);
  assert.deepEqual(scores(rubric), [87.5, undefined]); // complete: no decimals are left
  assert.deepEqual(type(rubric, "100"), [true, true, true]);
  assert.deepEqual(scores(rubric), [87.5, 100]);
});

test("on a range a digit that makes the number too large begins the next", () => {
  const rubric = twoSliders(hundred);
  type(rubric, "879");
  assert.deepEqual(scores(rubric), [87, 9]);
});

test("a scale around zero takes signs, and whole steps no decimals", () => {
  const rubric = twoSliders(around);
  type(rubric, "-5");
  assert.deepEqual(type(rubric, "3."), [true, false]);
  assert.deepEqual(scores(rubric), [-5, 3]);
});

test("the ends of a scale are set in print, with a minus sign", () => {
  assert.equal(endsOf({ min: -5, max: 5, step: 1, low: "Rude", high: "" }), "\u22125 Rude … 5");
});

test("numbers off the range or its steps are none", () => {
  const off = ["100.5", "87.3", "-1", "101", ".", "-", ""];
  assert.deepEqual(off.map((typed) => readNumber(hundred, typed).value), off.map(() => undefined));
  assert.ok(isOnRange({ ...hundred, max: 0.7, step: 0.1 }, 0.3)); // 0.3 / 0.1 is not quite 3
});

test("a number may go on exactly where a longer one is on the range", () => {
  // Every number of these scales as it is printed, and all beginnings of them.
  for (const range of [hundred, around, { ...around, min: 3, max: 12 }, { ...hundred, step: 5 }]) {
    const count = Math.round((range.max - range.min) / range.step);
    const numbers = [...Array(count + 1).keys()].map((at) => String(range.min + at * range.step));
    for (const number of numbers)
      for (let length = 1; length < number.length; length += 1) {
        const typed = number.slice(0, length);
        assert.ok(readNumber(range, typed).isPart, `${typed} of ${number}`);
      }
  }
});
