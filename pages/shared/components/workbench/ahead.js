// The screen of the case that is held, made while the one before it is read: then it has only to be
// shown. Like what is held it lives in memory, and is not on the screen.

import { following } from "./going.js";
import { buildScreen, layOutUnseen } from "./screen.js";
import { skippedBefore } from "./sending.js";

/** @import { Ahead, Desk, Screen, TaskData } from "./types.js" */

/** For browsers that do not tell when they have nothing to do. */
const LATER = 200;

/**
 * @param {Desk} desk
 * @returns {Ahead}
 */
export function ahead(desk) {
  /** @type {{ screen: Screen, name: string } | null} */
  let ready = null;
  let isAsked = false;
  /**
   * All that a screen is made of: what it was made for is not what it is needed for otherwise.
   * @param {TaskData} data
   */
  const nameOf = (data) => {
    const { isRaw, together, caseSize } = desk.memory;
    const { length } = skippedBefore({ desk, data });
    return JSON.stringify([data, isRaw, together, caseSize, length, window.innerWidth]);
  };
  function build() {
    isAsked = false;
    const { screen } = desk;
    const held = !screen || screen.data.submitted ? null : desk.holding.peek(screen.data.study_id);
    if (!screen || !held) return drop();
    const data = following(held, screen.data, true); // most cases are submitted
    const name = nameOf(data);
    if (ready?.name === name) return;
    drop();
    ready = { screen: buildScreen(desk, data), name };
    layOutUnseen(ready.screen);
  }
  function drop() {
    ready?.screen.root.remove();
    ready = null;
  }
  return {
    make: () => {
      if (isAsked) return;
      isAsked = true;
      if (window.requestIdleCallback) window.requestIdleCallback(build, { timeout: 2000 });
      else setTimeout(build, LATER);
    },
    take: (data) => {
      if (ready?.name !== nameOf(data)) drop();
      const screen = ready && ready.screen;
      ready = null;
      return screen;
    },
    drop,
  };
}
