import type { Message } from "../client.ts";
import type { Key } from "./review-bar.ts";
import { type Item, Session } from "./session.ts";
import { type Decision, decision, type Tagging } from "./tagging.ts";

const KEYS: readonly string[] = ["j", "k", "a", "r", "s", "u", "Escape"];

/** What a walk asks of the thread view. */
export interface Walked {
  decide: (decisions: Decision[]) => void;
  undo: () => void;
  begin: () => void;
  /** Something has changed; `item` is the suggestion at hand. */
  moved: (item: Item | undefined) => void;
}

/** The review of a thread's tags by single keys: which key does what, and when. */
export class Walk {
  session: Session | null = null;
  /** Counts up with each change of the session. */
  version = 0;

  constructor(private readonly view: Walked) {}

  begin(tagging: Tagging, messages: readonly Message[]): void {
    this.session = new Session(tagging, messages);
    this.move();
  }

  end(): void {
    this.session = null;
    this.move();
  }

  /** A key was pressed somewhere in the thread view; what is typed into a field is not meant. */
  readonly key = (event: KeyboardEvent): void => {
    const typing = event.composedPath().some((each) => each instanceof HTMLInputElement || each instanceof HTMLSelectElement);
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!this.session && key === "t") this.view.begin();
    else if (this.session && KEYS.includes(key)) this.press(key as Key);
    else return;
    event.preventDefault();
  };

  press(key: Key): void {
    const { session } = this;
    if (!session) return;
    const { chip, item } = session;
    if (key === "Escape") this.session = null;
    else if (key === "j" || key === "k") session.go(key === "j" ? 1 : -1);
    else if (key === "u") session.reopen() && this.view.undo();
    else if (key === "s") item && session.close("skipped");
    else if (chip && item) {
      this.view.decide([decision(item.message, chip, key === "a")]);
      session.close(key === "a" ? "taken" : "refused");
    }
    this.move();
  }

  private move(): void {
    this.version += 1;
    this.view.moved(this.session?.item);
  }
}
