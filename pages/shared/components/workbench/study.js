// What a study tells its annotators: asked for once, and read before the first case.

import { keysContent, openDialog } from "./dialogs.js";
import { button, h, rendered } from "./dom.js";
import { url } from "./going.js";
import { levelTable } from "./levels.js";
import { persist, send } from "./saving.js";

/** @import { Desk, Screen, Study, Studies, TagModel, TaskData } from "./types.js" */

/**
 * What suggests tags: of what is known already the server says no more than that.
 * @param {any} answered
 * @param {Study | undefined} before
 * @returns {TagModel | null}
 */
const learnt = (answered, before) => (answered?.terms ? answered : (answered && before?.suggesting) || null);

/** With a case that comes after so long, it is asked whether the lead has answered something. */
const ANSWERS_EVERY = 120000;

/**
 * What is known of the studies that come up. A request that fails is in nobody's way: it is asked
 * again with the next case.
 * @param {Desk} desk
 * @returns {Studies}
 */
export function studies(desk) {
  /** @type {Map<number, Study>} */
  const known = new Map();
  /** @type {Map<number, number>} */
  const askedAt = new Map();
  /** @param {number} studyId */
  async function ask(studyId) {
    askedAt.set(studyId, Date.now());
    const before = known.get(studyId);
    const asked = `${url(desk, "study")}?study=${studyId}&model=${before?.suggesting?.digest ?? ""}`;
    const answer = await send("GET", asked).catch(() => null);
    if (answer?.status !== 200 || !answer.body) return;
    // What is read here is read, though the server may not know it yet; answers come at any time.
    const { digest, questions } = answer.body;
    const suggesting = learnt(answer.body.suggesting, before);
    const study = before?.digest === digest ? before : answer.body;
    known.set(studyId, Object.assign(study, { questions, suggesting }));
  }
  /** @param {number} studyId */
  function paintQuestions(studyId) {
    const { screen } = desk;
    if (screen?.data.study_id !== studyId) return;
    screen.asking.paint(known.get(studyId)?.questions ?? []);
  }
  /** @param {number} studyId */
  async function refresh(studyId) {
    await ask(studyId);
    paintQuestions(studyId);
  }
  return {
    refresh,
    repaint: paintQuestions,
    of: (studyId) => known.get(studyId) ?? null,
    arrive: async (screen) => {
      const { study_id, submitted, told } = screen.data;
      paintQuestions(study_id);
      const isOld = Date.now() - (askedAt.get(study_id) ?? 0) > ANSWERS_EVERY;
      if (submitted || isOld || known.get(study_id)?.digest !== told) await refresh(study_id);
      const study = known.get(study_id);
      const { screen: now } = desk;
      // A case that was held may still carry what was told before.
      if (study && !study.is_read && now?.data.told === study.digest) openFirst(now, study);
    },
  };
}

/**
 * Show what is to be read before the first case, unless somebody is at work by now: then before the
 * next. The time it takes is not the case's.
 * @param {Screen} screen
 * @param {Study} study
 */
function openFirst(screen, study) {
  if (screen.isTouched) return;
  const { desk, data, watch } = screen;
  const start = button("Start", "Enter", () => dialog?.close(), { class: "ek-button ek-primary" });
  const dialog = openDialog(screen, {
    label: "Before you start",
    className: "ek-first",
    letter: "g",
    content: [
      guidelines(data, study),
      h("h3", {}, "Keys"),
      keysContent(data, { named: data.third ? FIRST_OF_RANKING : FIRST_KEYS }),
      scales(data),
    ],
    end: [h("span", { class: "ek-hint" }, "To read this again: Guidelines, on top"), start],
  });
  if (!dialog) return;
  watch.pause(true);
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.repeat || event.isComposing) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    watch.pause(false);
    study.is_read = true;
    const body = { study_id: data.study_id, digest: study.digest };
    const quietly = { stopped: () => desk.isClosed, onwait: () => {} };
    persist("POST", url(desk, "read"), body, quietly); // if it fails this is shown again another day
  });
}

const FIRST_KEYS = ["A", "B", "E", "X", "I", "0 to 9", "D", "F", "Space", "Enter", "S", "H", "?"];
const FIRST_OF_RANKING = ["A to C", "A to D", "A to E", "=", "0 to 9", "F", "W", "Space", "Enter", "S", "H", "?"];

/** @param {Screen} screen */
export function openGuidelines(screen) {
  return openDialog(screen, {
    label: "Guidelines",
    className: "ek-drawer",
    letter: "g",
    content: [
      guidelines(screen.data, screen.desk.studies.of(screen.data.study_id)),
      scales(screen.data),
    ],
  });
}

/**
 * @param {TaskData} data
 * @param {Study | null} study
 */
const guidelines = (data, study) => [
  study ? aboutStudy(study) : [],
  data.guidelines
    ? rendered(h("div", { class: "ek-text" }), data.guidelines)
    : h("p", { class: "ek-hint" }, "This study has no written guidelines."),
];

/**
 * What the levels of the scales and the errors mean.
 * @param {TaskData} data
 */
function scales(data) {
  /** @type {HTMLElement[]} */
  const parts = [];
  if (data.collect.includes("scores") && data.criteria.length) {
    parts.push(h("h3", {}, "Criteria and their levels"));
    parts.push(...data.criteria.map((criterion) => h("section", {}, levelTable(criterion))));
  }
  if (data.collect.includes("tags") && data.tags.length) {
    parts.push(h("h3", {}, "Errors"));
    parts.push(
      h(
        "dl",
        { class: "ek-levels ek-definitions" },
        data.tags.map((tag) => [h("dt", {}, tag.name), h("dd", {}, tag.definition)]),
      ),
    );
  }
  return parts;
}

/**
 * What it is about, how long a case takes, and whom to ask: what of it is told.
 * @param {Study} study
 */
function aboutStudy({ about, contact, seconds_per_case }) {
  const time =
    seconds_per_case === null ? "" : `A case takes about ${timeInWords(seconds_per_case)} here.`;
  const parts = [];
  if (about) parts.push(h("p", { class: "ek-about", dir: "auto" }, about));
  if (time) parts.push(h("p", { class: "ek-fact" }, time));
  if (contact) parts.push(h("p", { class: "ek-fact", dir: "auto" }, `Whom to ask: ${contact}`));
  return parts;
}

/**
 * A time as roughly as it can be told: "5 s", "40 s", "3 min".
 * @param {number} seconds
 */
export function timeInWords(seconds) {
  if (seconds >= 90) return `${Math.round(seconds / 60)} min`;
  return `${Math.max(5, Math.round(seconds / 5) * 5)} s`;
}
