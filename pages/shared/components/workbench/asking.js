// A question to the lead about the case on the screen, and what became of it.

import { openDialog } from "./dialogs.js";
import { button, h } from "./dom.js";
import { move, url, wayIn } from "./going.js";
import { persist, refusal, send } from "./saving.js";

/** @import { Answer, Asking, AskedQuestion, Screen } from "./types.js" */

/**
 * The button that asks, and what one asked about this case, with its answers.
 * @param {Screen} screen
 * @returns {Asking}
 */
export function buildAsking(screen) {
  const list = h("div", { class: "ek-asked-list" });
  const words = h("span", {});
  const asked = h("details", { class: "ek-asked" }, h("summary", {}, words), list);
  asked.hidden = true;
  const field = h("textarea", {
    rows: "4",
    dir: "auto",
    class: "ek-comment-field",
    "aria-label": "Question",
    placeholder: "What is unclear about this case",
  }); // kept while the case is on the screen
  const open = () => openAsking(screen, field);
  return {
    button: button("Ask the lead", "H", open, { class: "ek-button ek-quiet ek-ask" }),
    asked,
    open,
    paint: (questions) => {
      /** @param {AskedQuestion} question */
      const isHere = ({ assignment_id }) => assignment_id === screen.data.assignment_id;
      const own = questions.filter(isHere);
      const elsewhere = questions.filter((question) => question.is_new && !isHere(question));
      const unread = questions.filter(({ is_new }) => is_new);
      asked.hidden = !own.length && !elsewhere.length;
      asked.classList.toggle("ek-new", unread.length > 0);
      asked.open ||= own.some(({ answer }) => answer !== null);
      words.textContent = [ownInWords(own), elsewhereInWords(elsewhere)].filter(Boolean).join(". ");
      list.replaceChildren(
        ...own.flatMap(questionParts),
        ...elsewhere.flatMap((question) => elsewhereParts(screen, question)),
        ...(unread.length ? [button("Mark as read", null, () => markRead(screen, unread))] : []),
      );
    },
  };
}

/** @param {AskedQuestion[]} own */
function ownInWords(own) {
  if (!own.length) return "";
  const n = own.filter(({ answer }) => answer !== null).length;
  const which = own.length === 1 ? "Your question" : `Your ${own.length} questions`;
  return `${which}, ${n === own.length ? "answered" : n ? `${n} answered` : "not answered yet"}`;
}

/** @param {AskedQuestion[]} answered */
function elsewhereInWords({ length: n }) {
  if (!n) return "";
  return n === 1
    ? "The lead answered your question about another case"
    : `The lead answered ${n} of your questions about other cases`;
}

/**
 * @param {Screen} screen
 * @param {AskedQuestion} question
 */
const elsewhereParts = (screen, question) => [
  ...questionParts(question),
  button("Open that case", null, () => move(screen, question.assignment_id)),
];

/**
 * What is read here is read; the server is told behind it, and asked again another day if that fails.
 * @param {Screen} screen
 * @param {AskedQuestion[]} questions
 */
function markRead(screen, questions) {
  const { desk } = screen;
  // The lead may have corrected an answer since: that one is still to be announced.
  const seen = questions.map(({ question_id, answered_at }) => ({ question_id, answered_at }));
  for (const question of questions) question.is_new = false;
  desk.studies.repaint(screen.data.study_id);
  persist("POST", url(desk, "answers-read"), { questions: seen }, { stopped: () => desk.isClosed, onwait: () => {} });
}

/** @param {AskedQuestion} question */
const questionParts = ({ words, answer }) => [
  h("p", { class: "ek-question-asked", dir: "auto" }, words),
  h("p", { class: "ek-answer", dir: "auto" }, answer ?? "No answer yet."),
];

/**
 * @param {Screen} screen
 * @param {HTMLTextAreaElement} field
 */
function openAsking(screen, field) {
  const problem = h("p", { class: "ek-problem", role: "alert" });
  const sending = button("Send", "Ctrl Enter", () => ask(), {
    class: "ek-button ek-primary",
    "aria-keyshortcuts": "Control+Enter",
  });
  const hint = "Whoever leads the study sees it with the case; the answer appears beside the comment.";
  const dialog = openDialog(screen, {
    label: "Question to the lead",
    className: "ek-small",
    letter: "h",
    content: [field, h("p", { class: "ek-hint" }, hint), problem],
    end: [h("span", {}), sending],
  });
  if (!dialog) return false;
  async function ask() {
    const words = field.value.trim();
    if (sending.disabled) return;
    sending.disabled = true;
    problem.replaceChildren();
    const { assignment_id, token } = screen.data;
    const body = { assignment_id, token, words };
    const answer = await send("POST", url(screen.desk, "ask"), body).catch(() => null);
    sending.disabled = false;
    if (answer?.status !== 200 || !answer.body) problem.replaceChildren(...refused(screen, answer));
    else {
      field.value = "";
      dialog?.close();
      screen.desk.studies.refresh(screen.data.study_id);
    }
  }
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    event.preventDefault();
    ask();
  });
  field.focus();
  return true;
}

/**
 * @param {Screen} screen
 * @param {Answer | null} answer
 */
const refused = (screen, answer) =>
  answer === null
    ? ["Not sent: no connection. What you wrote is still here; send it again."]
    : [refusal(answer), ...wayIn(screen, answer).flatMap((way) => [" ", way])];
