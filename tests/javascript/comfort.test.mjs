// What a person wishes: kept for their account, off until they ask, and the time as clocks show it.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { applyComfort, soundStored } from "../../pages/shared/components/workbench/comfort.js";
import { clock } from "../../pages/shared/components/workbench/resting.js";
import { sender } from "../../pages/shared/components/workbench/saving.js";

let kept; // what the browser keeps
let tones; // how many were begun

beforeEach(() => {
  kept = {};
  tones = 0;
  sender.account = "ada";
  globalThis.window = { localStorage: { getItem: (place) => kept[place] ?? null } };
  const part = { connect: (to) => to, frequency: {} };
  globalThis.AudioContext = class {
    currentTime = 0;
    createGain = () => ({
      ...part,
      gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} },
    });
    createOscillator = () => ({ ...part, start: () => (tones += 1), stop() {} });
  };
});

const wishesOf = (account) => {
  sender.account = account;
  const root = { dataset: {} };
  applyComfort(root);
  return root.dataset;
};

test("time and sound are off until somebody asks for them, and then theirs alone", () => {
  kept["evalkit-reading-ada"] = JSON.stringify({ timer: 1, sound: 1 });

  assert.deepEqual(wishesOf("ben"), { size: "1", lines: "1", density: "1", timer: "0", sound: "0" });
  assert.deepEqual(wishesOf("ada"), { size: "1", lines: "1", density: "1", timer: "1", sound: "1" });
});

test("what was kept before there were such wishes leaves them off", () => {
  kept["evalkit-reading-ada"] = JSON.stringify({ size: 3 });

  assert.deepEqual(wishesOf("ada"), { size: "3", lines: "1", density: "1", timer: "0", sound: "0" });
});

test("that a case is stored is heard only where that is wished", () => {
  soundStored();
  assert.equal(tones, 0);

  kept["evalkit-reading-ada"] = JSON.stringify({ sound: 1 });
  soundStored();
  soundStored();
  assert.equal(tones, 2);
});

test("a time reads as clocks show it", () => {
  const times = [0, 5.9, 59.99, 60, 750, 3599, 3600, 3723, 36000].map(clock);

  assert.deepEqual(times, [
    "0:00",
    "0:05",
    "0:59",
    "1:00",
    "12:30",
    "59:59",
    "1:00:00",
    "1:02:03",
    "10:00:00",
  ]);
});
