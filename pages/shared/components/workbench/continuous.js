// A continuous scale: a slider that stands nowhere until it is set, and a field for the number.

import { h } from "./dom.js";

/** @import { Question, Range, ScoreScale, TypedNumber } from "./types.js" */

/** Into how many parts a scale without steps is cut by the slider; a number may be any. */
const PARTS = 1000;
/** How many decimals are typed on a scale without steps. */
const DECIMALS = 6;

/**
 * Tell whether a number is on a scale.
 * @param {Range} range
 * @param {number} value
 */
export function isOnRange({ min, max, step }, value) {
  if (!(value >= min && value <= max)) return false;
  if (step === null) return true;
  const steps = (value - min) / step;
  return Math.abs(steps - Math.round(steps)) <= 1e-6;
}

/**
 * What was typed of a number: the value that it is, if it is one of the scale, and whether it may
 * go on: 8 to 85, and on half steps 85 to 85.5.
 * @param {Range} range
 * @param {string} typed
 * @returns {TypedNumber}
 */
export function readNumber(range, typed) {
  const isNumber = /^-?(\d+\.?\d*|\.\d+)$/.test(typed);
  const value = isNumber ? Number(typed) : NaN;
  const isSet = isOnRange(range, value);
  return { value: isSet ? value : undefined, isPart: mayGoOn(range, typed), more: [] };
}

/**
 * @param {Range} range
 * @param {string} typed
 */
function mayGoOn({ min, max, step }, typed) {
  if (typed === "-") return min < 0;
  if (!/^-?(\d+(\.\d*)?|\.\d*)$/.test(typed)) return false;
  const [sign, size] = typed.startsWith("-") ? [-1, typed.slice(1)] : [1, typed];
  const [low, high] = sign < 0 ? [-max, -min] : [min, max];
  const [whole, decimals] = size.split(".");
  const most = decimalsOf(step);
  if (decimals !== undefined) return decimals.length < most && Number(size) <= high;
  if (Number(whole) > high) return false;
  const grows = /^0+$/.test(whole) ? false : Number(`${whole}0`) <= high;
  return grows || (most > 0 && Number(whole) < high && Number(whole) + 1 > low);
}

/** @param {number | null} step */
function decimalsOf(step) {
  if (step === null) return DECIMALS;
  const [, decimals = ""] = String(step).split(".");
  return decimals.length;
}

/**
 * The slider and the number of one criterion for one response.
 * @param {Question & { range: Range, onenter: () => void }} asked
 * @returns {ScoreScale}
 */
export function sliderScale({ label, range, get, set, onenter }) {
  const { min, max, step } = range;
  const slider = h("input", {
    type: "range",
    class: "ek-slider",
    min,
    max,
    step: step ?? (max - min) / PARTS,
    "aria-label": label,
  });
  // Not a stop of Tab: with the slider focused a number can be typed as anywhere in the rubric.
  const field = h("input", {
    type: "text",
    inputmode: "decimal",
    class: "ek-number",
    tabindex: "-1",
    autocomplete: "off",
    "aria-label": `${label}, number`,
    placeholder: "–",
  });
  const words = () => (get() === undefined ? "not set" : String(get()));

  /** @param {boolean} isTyping */
  function paint(isTyping = false) {
    const value = get();
    slider.classList.toggle("ek-unset", value === undefined);
    slider.value = String(value ?? (min + max) / 2);
    slider.style.setProperty("--ek-at", `${(((value ?? min) - min) / (max - min)) * 100}%`);
    slider.setAttribute("aria-valuetext", words());
    if (!isTyping) field.value = value === undefined ? "" : String(value);
    const isWrong = isTyping && field.value.trim() !== "" && value === undefined;
    field.setAttribute("aria-invalid", String(isWrong));
  }
  /**
   * @param {number | null | undefined} value
   * @param {boolean} isTyping
   */
  function choose(value, isTyping = false) {
    set(value);
    paint(isTyping);
  }
  const slid = () => Number(Number(slider.value).toFixed(DECIMALS));
  slider.addEventListener("input", () => choose(slid()));
  // Where the slider rests while it is not set, to point at it changes nothing for the browser; of
  // a finger it makes no click.
  for (const event of ["pointerup", "click"])
    slider.addEventListener(event, () => get() === undefined && choose(slid()));
  slider.addEventListener("keydown", (event) => {
    const isStep = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (!isStep || get() !== undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault(); // the first step is to the middle
    choose(slid());
  });
  field.addEventListener("input", () => {
    const typed = field.value.trim().replace(",", ".").replace("−", "-");
    choose(typed === "" ? undefined : readNumber(range, typed).value, true);
  });
  field.addEventListener("change", () => paint(get() === undefined));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return; // submits
    event.preventDefault();
    onenter();
  });
  paint();
  return {
    node: [slider, field],
    choose: (value) => choose(value),
    focus: () => slider.focus(),
    read: (typed) => readNumber(range, typed),
  };
}

/**
 * A number as it is set in print, with a minus sign for what is typed as a hyphen.
 * @param {number} value
 */
export const printed = (value) => String(value).replace("-", "−");

/**
 * The ends of a scale in words: "0 Wrong … 100 Right".
 * @param {Range} range
 */
export function endsOf({ min, max, low, high }) {
  const [first, last] = [`${printed(min)} ${low}`.trim(), `${printed(max)} ${high}`.trim()];
  return `${first} … ${last}`;
}
