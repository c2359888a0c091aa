// A typed note and the tag that goes with it: what is expected is derived in the comments.

import assert from "node:assert/strict";
import test from "node:test";

import { suggest, wordsOf } from "../../pages/shared/components/workbench/suggesting.js";

/** Two tags, one word each and one of both: "price" lies at 1 of the first, "rude" at 1 of the second. */
const MODEL = {
  digest: "d",
  tags: ["money", "tone"],
  lengths: [0.5, 0.5],
  cut: 0.5,
  terms: {
    price: [2, 0.25, 0, 0.75],
    rude: [2, 0.25, 1, 0.75],
    answer: [1, 0.25, 0, 0.25, 1, 0.25],
  },
};

test("words are runs of letters in small letters, wherever they are written", () => {
  assert.deepEqual(wordsOf("The PRICE, 12 €: it’s ＷＲＯＮＧ"), ["the", "price", "it", "wrong"]);
  assert.deepEqual(wordsOf("Цена неверна"), ["цена", "неверна"]);
  assert.deepEqual(wordsOf(""), []);
});

test("the tag is suggested whose notes use the words, whatever else is written", () => {
  // One word: its vector is 1. (0.75 - 0.25) / 0.5 = 1 for its tag, (0 - 0.25) / 0.5 = -0.5 else.
  assert.equal(suggest(MODEL, "The price is from 2019"), "money");
  assert.equal(suggest(MODEL, "Rude."), "tone");
});

test("nothing is suggested where no tag is sure enough, or no word is known", () => {
  assert.equal(suggest(MODEL, "nothing of it"), null);
  assert.equal(suggest(MODEL, ""), null);
  // "answer" lies at 0.25 everywhere: 0 for both, less than the cut.
  assert.equal(suggest(MODEL, "The answer"), null);
  // Both words: each 1 / √2, so (0.75 + 0 - 0.25 - 0.25) / √2 / 0.5 = 0.354 for each, less than 0.5.
  assert.equal(suggest(MODEL, "rude price"), null);
});

test("a word of a note that is the name of a property of objects is a word like others", () => {
  assert.equal(suggest(MODEL, "constructor toString price"), "money");
});

test("a word again counts more, but less than twice", () => {
  // price three times: weights 2 (1 + ln 3) = 4.197 and 2, normalised .903 and .430:
  // money (.903·.75 - (.903 + .430)·.25) / .5 = .688; once: .354.
  assert.equal(suggest({ ...MODEL, cut: 0.68 }, "price price price rude"), "money");
  assert.equal(suggest({ ...MODEL, cut: 0.7 }, "price price price rude"), null);
});
