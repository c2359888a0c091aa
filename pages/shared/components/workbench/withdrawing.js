// The last submission can be taken back for a minute: its case is a draft again, and counts no more.

import { go, url, wayIn } from "./going.js";
import { persist, refusal } from "./saving.js";
import { become, complain, say } from "./standing.js";
import { undoSkip } from "./sending.js";

/** @import { Screen } from "./types.js" */

/**
 * Undo what was done last: a skip, else the last submission; false where there is neither.
 * @param {Screen} screen
 */
export const undo = (screen) => undoSkip(screen) || withdraw(screen);

/**
 * @param {Screen} screen
 * @returns {boolean} whether there is something to take back
 */
export function withdraw(screen) {
  const { last } = screen.desk.memory;
  if (!last || Date.now() > last.until) return false;
  if (screen.state === "live") takeBack(screen, last.entry.body);
  return true;
}

/**
 * What is still on its way has to arrive first; what is entered here stays a draft.
 * @param {Screen} screen
 * @param {import("./types.js").Dispatch["body"]} sent
 */
async function takeBack(screen, sent) {
  const { desk, drafts } = screen;
  become(screen, "busy");
  complain(screen, "");
  if (!(await drafts.flush())) {
    become(screen, "live");
    complain(screen, "What you entered here is not saved yet, so nothing was taken back.");
    return;
  }
  say(screen, "Taking back…");
  while (!(await desk.outbox.drained())) if (screen.isClosed) return;
  if (screen.isClosed) return;
  if (!desk.memory.last) return become(screen, "live"); // it was refused, which is being said
  const { assignment_id, token, session, number, opened_on, revision } = sent;
  const body = { assignment_id, token, session, number: number + 1, opened_on, revision };
  const answer = await persist("POST", url(desk, "withdraw"), body, {
    stopped: () => screen.isClosed,
    onwait: (why) => say(screen, `Not taken back yet: ${why}. Retrying`, "bad"),
  });
  if (answer === null) return;
  if (answer.status !== 401) desk.memory.last = null;
  if (answer.status !== 200) {
    become(screen, "live");
    say(screen, "Not taken back", "bad");
    complain(screen, refusal(answer), ...wayIn(screen, answer));
    return;
  }
  await go(screen, assignment_id, "Taken back");
  if (desk.screen && desk.screen !== screen) say(desk.screen, "Taken back");
}
