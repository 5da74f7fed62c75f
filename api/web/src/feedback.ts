import { type Api, type Finding, type Message, Problem, type Thread } from "./client.ts";

/** What a person did with what was suggested. */
export type FeedbackEvent =
  | { event: "tag_accepted" | "tag_rejected" | "tag_added" | "tag_removed"; tag: string; score?: number }
  | { event: "finding_fixed" | "finding_ignored" | "finding_false_alarm"; finding: Finding }
  | { event: "block_kept" | "block_edited" | "block_deleted"; suggested: string; kept?: string; question?: string; template?: string }
  | { event: "template_chosen"; template: string; offered: string[] };

export interface About {
  thread: Thread;
  message: Message;
  user?: string | null;
  reason?: string | null;
}

const LONGEST_QUEUE = 200;
const TRIES = 6;

/** Sends feedback in the background: never blocks, tries again later, gives up in silence. */
export class Feedback {
  private readonly queue: object[] = [];
  private failed = 0;
  private running = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly api: () => Api) {}

  /** Tell what became of something suggested for a message of the thread, or for the draft behind it. */
  send(event: FeedbackEvent, { thread, message, user, reason }: About): void {
    if (this.queue.length >= LONGEST_QUEUE) this.queue.shift();
    const place = thread.messages.findIndex((other) => other.id === message.id);
    const before = thread.messages.slice(0, place < 0 ? undefined : place).slice(-3);
    this.queue.push({
      id: crypto.randomUUID?.(),
      task: thread.task,
      context: before,
      message,
      user: user ?? null,
      reason: reason ?? null,
      ...event,
    });
    clearTimeout(this.timer);
    void this.drain();
  }

  /** The page goes away: all at once, as there is no later. What is under way goes on by itself. */
  leave(): void {
    for (const event of this.queue.splice(this.running ? 1 : 0)) {
      // browsers bound what may be under way then; the rest waits, should the page come back
      void this.api()
        .feedback(event)
        .catch(() => this.queue.push(event));
    }
  }

  private async drain(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      while (this.queue[0]) {
        await this.api()
          .feedback(this.queue[0])
          .catch((error: unknown) => {
            // what the server does not want is not sent again; all else may work later
            if (!(error instanceof Problem) || error.overloaded) throw error;
          });
        this.queue.shift();
        this.failed = 0;
      }
    } catch {
      this.failed += 1;
      if (this.failed < TRIES) this.timer = setTimeout(() => void this.drain(), 2_000 * 2 ** this.failed);
      else this.queue.length = this.failed = 0;
    } finally {
      this.running = false;
    }
  }
}
