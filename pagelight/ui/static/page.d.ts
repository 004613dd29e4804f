// What the page's scripts know of each other, of what they find in the page, and of what the server sends.

/** An element of our own markup: it is known by the selector that finds it, not by its kind. */
interface Found extends HTMLElement {
  checked: boolean;
  disabled: boolean;
  files: FileList;
  hash: string;
  href: string;
  max: string;
  min: string;
  name: string;
  open: boolean;
  rows: number;
  selectionEnd: number;
  selectionStart: number;
  /** Its HTML as the server wrote it. */
  shown?: string;
  src: string;
  value: string;
  /** Of the bubble that grows: the HTML that was written into it last. */
  written?: string;
  close(): void;
  reportValidity(): boolean;
  requestSubmit(): void;
  select(): void;
  showModal(): void;
}

/** An event of the page: what it happened to is an element, or the document, which has no `closest`. */
type Happened<E extends Event> = E & { readonly target: Found };

interface Document {
  /** What our markup has by an id is there once the page is ready; before, nothing is. */
  getElementById(id: string): Found;
  readonly activeElement: Found | null;
  addEventListener<K extends keyof PagelightEvents>(type: K, listener: (event: CustomEvent<PagelightEvents[K]>) => void): void;
  addEventListener<K extends keyof DocumentEventMap>(
    type: K,
    listener: (event: Happened<DocumentEventMap[K]>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

interface ParentNode {
  querySelector(selectors: string): Found | null;
  querySelectorAll(selectors: string): NodeListOf<Found>;
}

interface Element {
  closest(selectors: string): Found | null;
}

// --- what the scripts tell each other ---------------------------------------------------------

interface PagelightEvents {
  "pagelight:ask": string;
  "pagelight:bubbles": null;
  "pagelight:changed": Changed;
  "pagelight:library": null;
  "pagelight:mode": string;
  "pagelight:over": { talk: string; head: string };
  "pagelight:piece": Piece;
  /** The server answers; whether it was started anew since it did last. */
  "pagelight:reached": boolean;
  "pagelight:ready": null;
  "pagelight:shown": Shown;
  "pagelight:source": null;
  "pagelight:state": ProgramState;
}

/** What the page shows, or showed before: a conversation, its last exchange, and what it is asked of. */
interface Shown {
  /** What the server calls this tab. */
  tab: string;
  /** Grows with each that the tab is led to. */
  turn: number;
  talk: string;
  head: string;
  scope: [entry: string, words: string][];
  /** The part of a page that went with the last question. */
  region: string;
  /** Exchanges that are not shown. */
  earlier: number;
  growing: boolean;
}

interface Changed {
  changed: string[];
  /** Conversations that lately changed, each with its last exchange. */
  talks: Record<string, string>;
}

// --- what the server sends ----------------------------------------------------------------------

interface PagelightWords {
  language: string;
  words: Record<string, string>;
}

declare var pagelightWords: PagelightWords;

/** How everything stands: a name for each that is another one after a change. */
interface Standing {
  library: string | null;
  state: string | null;
  revision: number | null;
}

/** Words of an answer that grows: `keep` letters of those before stay. */
interface Piece {
  talk: string;
  head: string;
  keep: number;
  more: string;
}

/** `GET /state` */
interface ProgramState {
  state: string;
  busy: boolean;
  bar: string;
  library: string | null;
  profile: string | null;
  documents?: number;
  begun?: string;
  version?: string;
}

/** `GET /library/room` */
interface LibraryRoom {
  writable: boolean;
  why: string;
  limit_mb: number;
  /** Where who sees some folders alone may add; null: everywhere. */
  folders: string[] | null;
  usual: string;
}

/** `POST /library/arrived` */
interface Arrived {
  ready: string[];
  failed: { source: string; reason: string }[];
  /** Of those that are ready: not searched by what is chosen. */
  outside: string[];
}

/** What was said of an answer: `GET /reports/CONVERSATION`. */
interface SaidOfAnswer {
  right: string;
  absent: boolean;
  good: boolean;
}

/** `GET /table/KEY` */
interface TableView {
  told: string;
  failed: boolean;
  over: boolean;
  done: number;
  percent: number;
  /** Its rows; "" where there are no more than were seen. */
  html: string;
}
