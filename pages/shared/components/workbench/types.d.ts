// What the parts of the annotation screen hand to one another.

export type Side = "left" | "right" | "third" | "fourth" | "fifth";

/** What is put into an element: nodes, text, nothing; lists are flattened. */
export type Child = Node | string | null | undefined | Child[];
export type Property = string | number | boolean | null | undefined | ((event: any) => unknown);
export type Properties = Record<string, Property>;

/** What Streamlit puts into the page, once: what holds for all cases, and the first of them. */
export interface PageData {
  turn: string;
  prefix: string;
  account: string;
  hold_seconds: number;
  skip_reasons: Reason[];
  task: TaskData;
}
/** The task, as evalkit/rendering/task.py makes it; `html` is made safe there. */
export interface TaskData {
  assignment_id: number;
  study_id: number;
  study: string;
  category: string;
  case: string;
  context: string;
  tools: string;
  left: ResponseData;
  right: ResponseData | null;
  third?: ResponseData;
  fourth?: ResponseData;
  fifth?: ResponseData;
  criteria: Criterion[];
  checklist: CheckItem[];
  tags: Tag[];
  collect: string[];
  guidelines: string;
  told: string;
  draft: Partial<Answers>;
  active_seconds: number;
  submitted: boolean;
  has_edit: boolean;
  token: string;
  draft_mark: string;
  revision: number;
  has_previous: boolean;
  has_following: boolean;
  done: number;
  total: number;
}
export interface ResponseData {
  html: string;
  raw: string;
  /** Stretches of the rendered text: where each begins there, where in `raw`, its length. */
  places: [number, number, number][];
  may_be_code: boolean;
  /** Where each step of a trajectory stands in `raw`, and whether the model wrote it. */
  steps: [number, number, boolean][];
}
/** A stretch of a text, its end excluded. */
export interface Stretch {
  start: number;
  end: number;
}
/** An error at words, on a step, or of what is missing; see evalkit/annotation/marks.py. */
export interface Mark {
  tag: string;
  severity: string | null;
  start: number | null;
  end: number | null;
  quote: string | null;
  note: string;
  step: number | null;
  omission: boolean;
}
/** The marks of all sides, and how they are changed. */
export interface Spans {
  of(side: Side): Mark[];
  tag(mark: Mark): Tag | undefined;
  put(side: Side, mark: Mark): void;
  remove(side: Side, mark: Mark): void;
  hear(listener: (side: Side) => void): () => unknown;
}
/** A response as it is on the screen; offsets are in units of `text`. */
export interface Placing {
  text: string;
  isPlaced: boolean;
  written(stretch: Stretch): Stretch & { quote: string };
  seen(stretch: Stretch): Stretch;
  range(stretch: Stretch): InstanceType<typeof globalThis.Range>;
  offset(node: Node, offset: number): number;
}
export interface Chosen extends Stretch {
  side: Side;
}
export interface Selecting {
  chosen(): Chosen | null;
  choose(stretch: Chosen | null): void;
  mark(): boolean;
  markStep(): boolean;
  forget(): void;
  place(side: Side): Placing;
  marksAt(side: Side, offset: number): Mark[];
  body(side: Side): HTMLElement;
  close(): void;
}
export interface Caret {
  begin(side: Side): boolean;
  isOn(): boolean;
  onkey(event: KeyboardEvent): boolean;
  paint(): void;
  end(): void;
}
/** Marking words of the responses on one screen; nothing happens where none are asked for. */
export interface WordMarking {
  mark(): boolean;
  begin(): boolean;
  onkey(event: KeyboardEvent): boolean;
  close(): void;
}
/** What a palette holds beside its tags. */
export interface PaletteExtra {
  node: HTMLElement;
  keys: Record<string, () => unknown>;
  onclose?: () => void;
}
export interface Level {
  value: number;
  label: string;
  anchor: string;
}
export interface CheckItem {
  key: string;
  question: string;
}
export interface Criterion {
  key: string;
  question: string;
  description: string;
  levels: Level[];
  required: boolean;
  /** Of a continuous scale, which has no levels. */
  range: Range | null;
  /** Of an item of the case's checklist, see checklist.js. */
  isItem?: boolean;
}
export interface Range {
  min: number;
  max: number;
  step: number | null;
  low: string;
  high: string;
}
export interface Tag {
  key: string;
  name: string;
  definition: string;
  severities: Severity[];
}
/** How bad an error can be; `gravity` runs from 0, the mildest, to 1. */
export interface Severity {
  key: string;
  name: string;
  gravity: number;
}
export interface Reason {
  value: string;
  label: string;
}

/** What was entered; a tag without severities is marked with null. */
export interface Answers {
  preference: string | null;
  strength?: string;
  certainty?: string;
  preferences?: Record<string, string>;
  /** Best first; absent before anything has its place. */
  ranking?: Side[][];
  scores: Record<Side, Record<string, number>>;
  tags: Record<Side, Marks>;
  marks: Record<Side, Mark[]>;
  /** Answers in words; absent where none was given, as in drafts of before. */
  texts?: { [side in Side]?: Record<string, string> };
  /** What was said of the checklist: yes, no, na; absent where nothing was. */
  checks?: { [side in Side]?: Record<string, string> };
  comment: string;
  /** What was suggested meanwhile; absent where nothing was. */
  offers?: Offer[];
  /** What must hold in every response to the case; absent where nothing was written. */
  assertion?: string;
}
/** A suggested tag, and what became of it; see evalkit/annotation/suggesting/offers.py. */
export interface Offer {
  tag: string;
  source: "comment" | "note";
  outcome: "offered" | "taken" | "refused";
}
/** What suggests tags: see `TagModel.as_json` in evalkit/annotation/suggesting/model.py. */
export interface TagModel {
  digest: string;
  tags: string[];
  lengths: number[];
  cut: number;
  /** Of each word how rare it is, its mean in all notes, then places of tags and its mean there. */
  terms: Record<string, number[]>;
}
/** What is typed somewhere, and where a tag for it can be marked; nowhere: it is not offered. */
export interface Offering {
  source: Offer["source"];
  places(tag: Tag): { words: string; mark(): void }[];
}
export interface Offers {
  /** Take what is offered, if this is its key. */
  press(key: string): boolean;
  hide(): void;
  watch(
    field: HTMLInputElement | HTMLTextAreaElement,
    offering: Offering,
  ): { node: HTMLElement; close(): void };
}
export type Marks = Record<string, string | null>;

/** One of a group of choices. */
export interface Choice<Value> {
  value: Value;
  face: Child;
  name: string;
  key?: string | null;
}
export interface Choices<Value> {
  node: HTMLElement;
  buttons: HTMLElement[];
  choose(value: Value | null | undefined): void;
  chosen(): Value | null | undefined;
  focus(): void;
}

/** An element that says what it is when the mouse comes upon it. */
export interface Explained extends HTMLElement {
  onpointed?: () => unknown;
}
export interface Explainer {
  attach(element: Explained, content: () => Node[], part?: string | null): void;
  hide(): void;
}

/** A field of the form: where it is, and what it is called. */
export interface Place {
  node: HTMLElement;
  words: string;
  focus(): void;
}
export type Places = Map<string, Place>;
/** Note what is set and how it is taken back, or that it is not set. */
export type Remember = (what: string, isSet: boolean, takeBack: () => void) => void;

/** What the parts of the form share. */
export interface FormParts {
  data: TaskData;
  sides: Side[];
  answers: Answers;
  explain: Explainer;
  places: Places;
  onchange: () => void;
  remember: Remember;
  changed: (field: string) => void;
  offers: Offers;
}
export interface Form {
  node: HTMLElement;
  number(part: string): boolean;
  takeBack(): boolean;
  prefer(value: string): boolean;
  doubt(): boolean;
  /** Of what is ranked: place a response, or take it out; let it share the place before. */
  rank(side: Side): boolean;
  tie(): boolean;
  ranking: RankingPart | null;
  focusComment(): boolean;
  focusAssertion(): boolean;
  openTags(side: Side): boolean;
  spans: Spans | null;
  openSpan(side: Side, mark: Mark, isNew: boolean, onclose?: () => void): boolean;
  takeOffer(key: string): boolean;
  missing(): string[];
  mark(fields: string[]): string[];
  name(fields: string[]): string[];
}

/** A preference as it can be chosen. */
export interface Preference {
  preference: string;
  strength?: string;
  name: string;
  keys: string[];
}
export interface PreferencePart {
  node: HTMLElement;
  choose(preference: string): boolean;
  doubt(): boolean;
  isMissing(): boolean;
}

export interface RankingPart {
  node: HTMLElement;
  press(side: Side): boolean;
  tie(): boolean;
  /** What shows the place of a response beside its name. */
  badge(side: Side): HTMLElement;
  /** Where a response stands, from 1; 0 before it has a place. */
  place(side: Side): number;
  /** Be called now, and after every change. */
  hear(listener: () => void): void;
  isMissing(): boolean;
}

/** Tags of one parent, whose name is empty where they have none. */
export interface TagGroup {
  name: string;
  tags: Tag[];
}
/** What is marked on one side; a severity of undefined takes a mark away. */
export interface Marking {
  title: string;
  marks: Marks;
  set(tag: Tag, severity: string | null | undefined): void;
  next(tag: Tag): void;
  /** Whether pressing the severity that it has takes the mark back; of words, Remove does. */
  isClearable: boolean;
  /** Tell how a mark is taken back, if it is set. */
  noteDown(tag: Tag): void;
  /** Be called after every change, until the returned function is. */
  hear(listener: () => void): () => unknown;
}
export interface Tags {
  node: HTMLElement;
  spans: Spans;
  open(side: Side): boolean;
  openSpan(side: Side, mark: Mark, isNew: boolean, onclose?: () => void): boolean;
  /** Where an error can be marked that is marked nowhere yet. */
  places: Offering["places"];
}
export interface Palette {
  form: HTMLElement;
  groups: TagGroup[];
  marking: Marking;
  key: string;
  turnTo(letter: string): boolean;
  extra?: PaletteExtra;
}
export interface Entry {
  tag: Tag;
  letter: string | undefined;
  node: HTMLElement;
  main: HTMLElement;
  words: string;
  press(): void;
  grade(number: number): boolean;
  forget(): unknown;
}

/** A level as it can be chosen, and as it is typed. */
export interface ScoreChoice extends Choice<number> {
  number: string;
  level: Level;
}
/** What was typed of a number: the score it is, if it is one, and whether and how it may go on. */
export interface TypedNumber {
  value: number | undefined;
  isPart: boolean;
  more: string[];
}
/** How a scale of levels looks, and who hears what is pointed at. */
export interface Choosing {
  className: string;
  options: ScoreChoice[];
  onpoint: (option: ScoreChoice | null) => void;
}
/** What is asked in one cell of the rubric: its names, and how its answer is read and changed. */
export interface Question {
  field: string;
  letter: string;
  label: string;
  words: string;
  get(): number | undefined;
  set(value: number | null | undefined): void;
}
export interface ScoreScale {
  node: Child;
  choose(value: number | null | undefined): void;
  focus(): void;
  read(typed: string): TypedNumber;
  /** Of what is better on a criterion: choose it. */
  prefer?(preference: string): void;
}
export interface Pointed {
  letter: string;
  option: ScoreChoice;
}
export interface Cell extends ScoreScale {
  node: HTMLElement;
  row: number;
  chosen(): number | undefined;
  describe(pointed: Pointed | null): void;
}
export interface RubricPart {
  node: HTMLElement;
  number(part: string): boolean;
  prefer(preference: string): boolean;
  sides: Side[];
  /** Whether it is still to be said which response is better on a criterion. */
  lacks(criterion: Criterion): boolean;
}
/** Where a cell of the rubric stands. */
export interface CellPlace {
  criterion: Criterion;
  row: number;
  describe(pointed: Pointed | null): void;
}
export interface Rubric extends FormParts {
  isPreferred: boolean;
  cells: Cell[];
  rows: HTMLElement[];
  cursor: number;
  typed: string;
}

/** Which responses have all the room; empty where it is shared with case and form. */
export type Room = "" | "panes" | Side;

/** What stays from one case to the next, as long as the page does. */
export interface Memory {
  together: boolean;
  isRaw: boolean;
  caseSize: "normal" | "tall" | "folded";
  skipped: Skipped[];
  /** The last submission, and until when it may be taken back. */
  last: { entry: Dispatch; until: number } | null;
  wasSignedOut?: boolean;
}
export interface Skipped {
  id: number;
  token: string;
}
export interface CasePart {
  node: HTMLElement;
  heading: HTMLElement;
  body: HTMLElement;
  cycle(): void;
  /** It is on the screen from now on. */
  arrive(): void;
  openAll(): boolean;
}
export interface Pane {
  node: HTMLElement;
  body: HTMLElement;
  show(raw: boolean): void;
  isRaw(): boolean;
}
export interface Panes {
  node: HTMLElement;
  panes: Pane[];
  toggleRaw(): void;
  toggleTogether(): boolean;
  toggleLinks(): boolean;
  compare(): boolean;
  /** Show one response only: all the room for it, or its turn where one is seen at a time. */
  alone(side: Side): boolean;
  /** Of more than two: go to the one after, or before. */
  step(by: 1 | -1): boolean;
  /** The one that is read. */
  current(): Side;
}

/** What a server answered; a body that is no JSON is null. */
export interface Answer {
  status: number;
  body: any;
}
export interface Stopwatch {
  seconds(): number;
  pause(isNow: boolean): void;
  stop(): void;
}
export interface Drafts {
  touch(): void;
  flush(): Promise<boolean>;
  settle(): void;
  close(): void;
}

/** Which opening of a case sends something; see evalkit/annotation/opening.py. */
export interface Opening {
  assignment_id: number;
  token: string;
  session: string;
  number: number;
  opened_on: string;
  revision: number;
}
/** What was entered of a case by then, as it is sent. */
export interface Judgement extends Opening {
  draft: Answers;
  active_seconds: number;
}
/** What is on its way: `path` is where it goes, `id` the same however often it is sent. */
export interface Dispatch {
  id: string;
  path: "submit" | "skip";
  study_id: number;
  body: Opening & { draft?: Answers; note?: string };
  isNew: boolean; // it counts as one more done
  at: number;
}
export interface Outbox {
  put(entry: Dispatch): void;
  withdraw(id: string): void;
  of(token: string): Dispatch | undefined;
  pending(studyId: number, but: string | undefined): number;
  isEmpty(): boolean;
  /** All that is not stored, the one that is sent now first. */
  all(): Dispatch[];
  trouble(): string;
  words(): string;
  drained(): Promise<boolean>;
  close(): void;
}
export interface Holding {
  keep(answer: { held?: TaskData | null; done?: number; total?: number }): void;
  ask(): Promise<void>;
  /** What is held and may be shown; `take` has it from here, `peek` looks. */
  peek(studyId: number): TaskData | null;
  take(studyId: number): TaskData | null;
  drop(studyId: number): void;
  close(): void;
}

/** The screen of the case that is held, made while the one before it is read. */
export interface Ahead {
  make(): void;
  take(data: TaskData): Screen | null;
  drop(): void;
}

/** What a study tells, as pages/routes/instructions.py answers it. */
export interface Study {
  about: string;
  contact: string;
  seconds_per_case: number | null;
  digest: string;
  is_read: boolean;
  questions: AskedQuestion[];
  /** What suggests tags to this annotator, if anything does. */
  suggesting: TagModel | null;
}
export interface AskedQuestion {
  question_id: number;
  is_new: boolean;
  assignment_id: number;
  words: string;
  answer: string | null;
  answered_at: string | null;
}
/** The way to ask about a case, and what was asked. */
export interface Asking {
  button: HTMLElement;
  asked: HTMLElement;
  open(): boolean;
  paint(questions: AskedQuestion[]): void;
}
export interface Studies {
  of(studyId: number): Study | null;
  arrive(screen: Screen): Promise<void>;
  refresh(studyId: number): Promise<void>;
  repaint(studyId: number): void;
}

/** What stays where it is while one case follows another. */
export interface Desk {
  host: Host;
  page: PageData;
  memory: Memory;
  outbox: Outbox;
  holding: Holding;
  ahead: Ahead;
  studies: Studies;
  screen: Screen | null;
  isClosed: boolean;
  path: string; // of the page the screen stands in
  paint(task: TaskData, isAddressed?: boolean): Screen;
  close(): void;
}

/** Where a move leads: one step, or to the assignment of a number. */
export type Where = "next" | "previous" | "following" | "again" | "studies" | number;

/** One assignment on the screen: its state, then the parts that are built around it. */
export interface ScreenState {
  data: TaskData;
  desk: Desk;
  state: "live" | "busy" | "leaving";
  sending: Dispatch | null;
  isClosed: boolean;
  isTouched: boolean;
  isListing: boolean;
  isStuck: boolean;
  openedAt: number;
  unreadUntil: number;
  left: Judgement | null;
  session: string;
  sent: number;
  openedOn: string;
  slow: number | undefined;
  submission: { key: string; of: string };
  answers: Answers;
  root: HTMLElement;
  status: HTMLElement;
  words: string;
  kind: string;
  problem: HTMLElement;
}
export interface Screen extends ScreenState {
  watch: Stopwatch;
  drafts: Drafts;
  form: Form;
  casePart: CasePart;
  panes: Panes;
  finder: Finder;
  main: HTMLElement;
  asking: Asking;
  marking: WordMarking;
  takingBack: HTMLButtonElement;
  withdrawing: HTMLButtonElement;
  discarding: HTMLButtonElement;
  submitting: HTMLButtonElement;
  ways: [HTMLButtonElement, boolean][];
  close(): void;
}

/** A dialog of ours: `onkey` says whether it had use for a key. */
export interface KeyDialog extends HTMLDialogElement {
  onkey(name: string, numbers: string[]): boolean;
}
/** What keys can do; a command says false when it had nothing to do. */
export interface Actions {
  isReady(): boolean;
  submit(): void;
  undo(): boolean;
  number(part: string): boolean;
  takeBack(): boolean;
  commands: Record<string, () => unknown>;
  /** Whether the key was for the caret among the words. */
  caret(event: KeyboardEvent): boolean;
  /** Whether the key took what is offered. */
  offer(key: string): boolean;
  reading: Reading;
}
/** Reading by key: on (1) or back (-1), by a page or a few lines. */
export interface Reading {
  page(direction: number): void;
  line(direction: number): void;
  point(part: Element): void;
}
/** What differs between the responses: said in words, and painted while it is wished. */
export interface Comparing {
  note: HTMLElement;
  button: HTMLElement;
  toggle(): void;
}
/** How text is set for a person, each as the place of a choice. */
export interface Comfort {
  size: number;
  lines: number;
  density: number;
  timer: number;
  sound: number;
}
/** The field that finds words in case and responses. */
export interface Finder {
  node: HTMLElement;
  focus(): void;
  forget(): void;
}

/** The element the screen stands in, which outlives its cases. */
export interface Host extends HTMLElement {
  desk?: Desk | null;
}
/** What Streamlit hands to a component. */
export interface Component<Data> {
  parentElement: HTMLElement;
  data: Data;
  setTriggerValue(name: string, value: unknown): void;
}
/** Where it is said, outside of a case, what is still on its way; and whose that is. */
export interface WaitingHost extends HTMLElement {
  outbox?: Outbox;
  account?: string;
}
