// A tag is offered for what was typed: once typing has stopped, taken by a key, refused by going on.

import { button, h } from "./dom.js";
import { suggest } from "./suggesting.js";

/** @import { Offer, Offers, Offering, TagModel, Tag } from "./types.js" */

/** So long after the last letter somebody has stopped typing. */
const STOPPED = 1000;
/** The server takes no more of one case. */
const MOST = 100;
/** Of the first place it can be marked at, and the second; keys that write nothing. */
const KEYS = ["F2", "F4"];

/**
 * What is offered on one screen, and what became of it: `log` is part of the draft.
 * @param {object} about
 * @param {Tag[]} about.tags that can be marked
 * @param {() => Offer[]} about.log
 * @param {() => TagModel | null} about.model
 * @param {() => boolean} about.isReady
 * @returns {Offers}
 */
export function offersOf({ tags, log, model, isReady }) {
  /** The one that is seen: what its keys do. @type {Map<string, () => void>} */
  let taking = new Map();
  /** @type {() => void} */
  let hide = () => {};
  return {
    press: (key) => {
      const take = taking.get(key);
      take?.();
      return take !== undefined;
    },
    hide: () => hide(),
    watch: (field, offering) => {
      const node = h("div", { class: "ek-offer", role: "status" });
      node.hidden = true;
      /** @type {Map<string, Offer>} */
      const made = new Map();
      /** @type {Offer | null} */
      let open = null;
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      let timer;
      let before = field.value; // what was typed before this is no reason to offer anything
      const close = () => {
        clearTimeout(timer);
        if (open?.outcome === "offered") open.outcome = "refused";
        open = null;
        node.hidden = true;
        node.replaceChildren();
        if (hide === close) {
          taking = new Map();
          hide = () => {};
        }
      };
      function offer() {
        clearTimeout(timer);
        const known = model();
        const words = field.value.trim();
        if (words === before.trim() || !known || !isReady() || !field.isConnected) return;
        before = field.value;
        const key = suggest(known, words);
        const tag = tags.find((each) => each.key === key);
        const places = tag ? offering.places(tag) : [];
        if (!tag || !places.length) return;
        const entry = made.get(tag.key) ?? { tag: tag.key, source: offering.source, outcome: "offered" };
        if (!made.has(tag.key)) {
          if (log().length >= MOST) return;
          log().push(entry);
        } else if (entry.outcome === "taken") return;
        hide();
        entry.outcome = "offered";
        made.set(tag.key, entry);
        open = entry;
        show(tag, places);
      }
      /**
       * @param {Tag} tag
       * @param {ReturnType<Offering["places"]>} places
       */
      function show(tag, places) {
        const ways = places.map(({ words, mark }, at) => {
          const take = () => {
            if (!open || !isReady()) return;
            const isFocused = node.contains(document.activeElement);
            const isMarkedBy = !offering.places(tag).length; // by hand, meanwhile
            if (!isMarkedBy) open.outcome = "taken";
            close();
            if (isFocused) field.focus();
            if (isMarkedBy) return;
            mark();
            // Said beside the field that has the focus still.
            node.textContent = `${tag.name}: marked.`;
            node.hidden = false;
          };
          if (KEYS[at]) taking.set(KEYS[at], take);
          return button(words, KEYS[at] ?? null, take, { class: "ek-button", "aria-label": `${words}: ${tag.name}` });
        });
        node.replaceChildren(h("span", {}, "Suggested: ", h("b", { dir: "auto" }, tag.name)), ...ways);
        node.hidden = false;
        node.scrollIntoView({ block: "nearest" }); // on a phone it else comes beneath the footer
        hide = close;
      }
      field.addEventListener("input", () => {
        close();
        timer = setTimeout(offer, STOPPED);
      });
      field.addEventListener("change", offer);
      return { node, close };
    },
  };
}
