import type { About, Feedback, FeedbackEvent } from "../feedback.ts";
import type { Message, Thread } from "../client.ts";
import type { Decision } from "./tagging.ts";

const EVENTS = { add: "tag_accepted", remove: "tag_removed", reject: "tag_rejected", keep: "tag_accepted" } as const;
const UNDONE = { add: "tag_removed", remove: "tag_added", reject: null, keep: null } as const;
const PAUSE = 8_000;

type Told = { decision: Decision; event: FeedbackEvent; about: About };

/** Tells decisions on tags as feedback, a little later: what is undone meanwhile is not told at all. */
export class Telling {
  private readonly waiting: Told[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly feedback: Feedback,
    private readonly user: () => string | null,
  ) {}

  tell(decisions: Decision[], thread: Thread): void {
    for (const each of decisions) {
      const message = thread.messages.find(({ id }) => id === each.message);
      const name = each.act === "add" && !each.suggested ? "tag_added" : EVENTS[each.act];
      if (message) this.waiting.push({ decision: each, event: event(name, each), about: this.about(thread, message, each.reason) });
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE);
  }

  takeBack(decisions: Decision[], thread: Thread): void {
    for (const each of decisions) {
      const place = this.waiting.findIndex((told) => told.decision === each);
      const name = UNDONE[each.act];
      const message = thread.messages.find(({ id }) => id === each.message);
      if (place >= 0) this.waiting.splice(place, 1);
      else if (name && message) this.feedback.send(event(name, each), this.about(thread, message));
    }
  }

  flush(): void {
    clearTimeout(this.timer);
    for (const told of this.waiting.splice(0)) this.feedback.send(told.event, told.about);
  }

  /** The page goes away. */
  leave(): void {
    this.flush();
    this.feedback.leave();
  }

  private about(thread: Thread, message: Message, reason?: string): About {
    return { thread, message, user: this.user(), ...(reason ? { reason } : {}) };
  }
}

function event(name: Extract<FeedbackEvent, { tag: string }>["event"], { tag, score }: Decision): FeedbackEvent {
  return { event: name, tag, ...(score === null ? {} : { score }) };
}
