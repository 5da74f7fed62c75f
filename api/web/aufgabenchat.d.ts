/** What a host page needs to know. The bodies of messages and findings are described in src/api.d.ts. */

export interface Thread {
  task: { id: string; [key: string]: unknown };
  messages: { id: string; author: "customer" | "assistant" | "team"; channel?: "chat" | "note"; text: string; [key: string]: unknown }[];
  [key: string]: unknown;
}

interface Part extends HTMLElement {
  thread: Thread;
  token: string | null;
  /** URL of the API, without `/v1`; the page's own origin by default. */
  base: string;
}

export interface AufgabenchatEditor extends Part {
  channel: "chat" | "note";
  author: "team" | "assistant";
  user: string | null;
  insert(text: string): void;
  compose(template?: string): Promise<void>;
  clear(): void;
}

export interface Sent {
  text: string;
  channel: "chat" | "note";
  tags: string[];
  attachments: string[];
  files: File[];
  /** Errors stood in it, and somebody sent it all the same. */
  sentAnyway: boolean;
  /** The service was away. */
  unchecked: boolean;
}

export interface QuestionState {
  id: string;
  message_id: string;
  quote: string;
  start_utf16?: number;
  end_utf16?: number;
  done: boolean;
}

export interface AufgabenchatThread extends Part {
  channel: "chat" | "note";
  /** Questions to point at, as `m1.q1`. */
  highlight: string[];
  /** Questions that the draft answers. */
  drafted: string[];
}

export type AufgabenchatReview = Part;

declare global {
  interface HTMLElementTagNameMap {
    "aufgabenchat-editor": AufgabenchatEditor;
    "aufgabenchat-thread": AufgabenchatThread;
    "aufgabenchat-review": AufgabenchatReview;
  }
  interface HTMLElementEventMap {
    /** preventDefault keeps the text. */
    "ac-send": CustomEvent<Sent>;
    "ac-draft": CustomEvent<{ text: string; tags: string[] }>;
    "ac-questions": CustomEvent<{ questions: QuestionState[] }>;
    "ac-question": CustomEvent<{ id: string; message_id: string }>;
    "ac-state": CustomEvent<{ state: "ok" | "busy" | "offline" | "overloaded" }>;
    "ac-thread": CustomEvent<{ thread: Thread }>;
    "ac-template": CustomEvent<{ id: string }>;
  }
}
