// What a key is called and what it writes, on keyboards of several countries. `code` is the place
// of a key on a keyboard of the United States (W3C UI Events KeyboardEvent code values).

import assert from "node:assert/strict";
import { test } from "node:test";

import { keyName, numberParts } from "../../pages/shared/components/workbench/keys.js";

test("a key is called what it prints where that is Latin, wherever it is", () => {
  assert.equal(keyName({ key: "a", code: "KeyQ" }), "a"); // AZERTY
  assert.equal(keyName({ key: "A", code: "KeyA", shiftKey: true }), "a");
  assert.equal(keyName({ key: "?", code: "Minus", shiftKey: true }), "?"); // QWERTZ
});

test("a full-width letter is that letter", () => {
  assert.equal(keyName({ key: "ａ", code: "KeyA" }), "a");
});

test("a key that prints another script is called by its place", () => {
  assert.equal(keyName({ key: "ф", code: "KeyA" }), "a"); // Russian
  assert.equal(keyName({ key: "х", code: "BracketLeft" }), "[");
  assert.equal(keyName({ key: "ъ", code: "BracketRight" }), "]");
  assert.equal(keyName({ key: "؟", code: "Slash", shiftKey: true }), "?"); // Arabic
});

test("a key that prints nothing keeps its own name", () => {
  assert.equal(keyName({ key: "ArrowUp", code: "ArrowUp" }), "ArrowUp");
  assert.equal(keyName({ key: "Enter" }), "Enter");
});

test("a digit adds itself to a number, once", () => {
  assert.deepEqual(numberParts({ key: "4", code: "Digit4" }), ["4"]);
  assert.deepEqual(numberParts({ key: "4", code: "Numpad4" }), ["4"]);
});

test("the minus sign and the comma are read as those of numbers", () => {
  assert.deepEqual(numberParts({ key: "−" }), ["-"]);
  assert.deepEqual(numberParts({ key: "-", code: "Slash" }), ["-"]);
  assert.deepEqual(numberParts({ key: ",", code: "NumpadDecimal" }), ["."]);
});

test("a digit needs no Shift where it is printed behind it, and minus comes first", () => {
  assert.deepEqual(numberParts({ key: "&", code: "Digit1" }), ["1"]); // AZERTY
  assert.deepEqual(numberParts({ key: "-", code: "Digit6" }), ["-", "6"]); // AZERTY
  assert.deepEqual(numberParts({ key: "!", code: "Digit1", shiftKey: true }), []);
});

test("a letter adds nothing to a number", () => {
  assert.deepEqual(numberParts({ key: "a", code: "KeyA" }), []);
});
