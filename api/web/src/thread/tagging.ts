import type { Message, Thread } from "../client.ts";
import type { TagRemark } from "../review/record.ts";
import type { Span } from "./segments.ts";

/** How a tag stands on a message: set · proposed for a message nobody tagged, or too close to call there · left out · set, but unlikely. */
export type Standing = "given" | "suggested" | "unsure" | "missing" | "doubtful";

export interface Chip {
  tag: string;
  standing: Standing;
  score: number | null;
  reason: string;
  evidence: Span[];
}

/** What a person did: set or take away a tag, or turn down that it be set (`reject`) or taken away (`keep`). */
export interface Decision {
  message: string;
  tag: string;
  act: "add" | "remove" | "reject" | "keep";
  /** Whether it takes up a suggestion. */
  suggested: boolean;
  score: number | null;
  reason?: string;
}

interface State {
  tags: string[] | null;
  settled: readonly string[];
}

/** The tags of a thread's messages: what people set, what is suggested, and what has been decided, with undo. */
export class Tagging {
  private states = new Map<string, State>();
  private history: { states: Map<string, State>; decisions: Decision[] }[] = [];
  private readonly tagged: ReadonlySet<string>;
  private readonly predicted: ReadonlyMap<string, Message>;

  /**
   * @param thread As people left it.
   * @param predicted The same, with the tags that the model would give.
   * @param remarks What the audit has against the tags that people gave.
   */
  constructor(
    private given: Thread,
    predicted: Thread,
    private readonly remarks: readonly TagRemark[],
  ) {
    this.predicted = new Map(predicted.messages.map((message) => [message.id, message]));
    this.tagged = new Set(given.messages.filter((message) => message.tags).map((message) => message.id));
    this.rebase(given);
  }

  /** Go on from a thread that has changed elsewhere: its tags hold, what was turned down stays so, there is nothing to undo. */
  rebase(thread: Thread): void {
    this.given = thread;
    this.history = [];
    const settled = (id: string) => this.states.get(id)?.settled ?? [];
    this.states = new Map(thread.messages.map(({ id, tags }) => [id, { tags: tags ?? null, settled: settled(id) }]));
  }

  /** The thread with the tags as they now are. */
  get thread(): Thread {
    const messages = this.given.messages.map((message) => {
      const tags = this.tags(message.id);
      return tags === (message.tags ?? null) ? message : { ...withoutTags(message), ...(tags ? { tags } : {}) };
    });
    return { ...this.given, messages };
  }

  /** Whether a thread is this one as it now is. */
  same(thread: Thread): boolean {
    return JSON.stringify(thread) === JSON.stringify(this.thread);
  }

  /** What has been turned down stays turned down, also when the thread has grown. */
  inherit(older: Tagging): void {
    for (const [id, { settled }] of older.states) {
      const state = this.states.get(id);
      if (state) this.states.set(id, { ...state, settled });
    }
  }

  get undoable(): number {
    return this.history.length;
  }

  tags(id: string): string[] | null {
    return this.states.get(id)?.tags ?? null;
  }

  /** The chips of a message: what is set, then what is suggested. */
  chips(id: string): Chip[] {
    const set = this.tags(id) ?? [];
    const settled = this.states.get(id)?.settled ?? [];
    const offered = this.offered(id).filter((chip) => !settled.includes(chip.tag));
    const doubts = new Map(offered.filter((chip) => chip.standing === "doubtful").map((chip) => [chip.tag, chip]));
    const held = set.map((tag) => doubts.get(tag) ?? this.chip(id, tag, "given", ""));
    return [...held, ...offered.filter((chip) => chip.standing !== "doubtful" && !set.includes(chip.tag))];
  }

  private offered(id: string): Chip[] {
    if (!this.tagged.has(id)) {
      const { tags, tags_unsure: close } = this.predicted.get(id) ?? {};
      const unsure = (close ?? []).filter((tag) => !tags?.includes(tag));
      return [
        ...(tags ?? []).map((tag) => this.chip(id, tag, "suggested", "Vorschlag für eine Nachricht ohne Tags.")),
        ...unsure.map((tag) => this.chip(id, tag, "unsure", "Das Modell ist sich nicht sicher.")),
      ];
    }
    return this.remarks
      .filter((remark) => remark.message === id && remark.kind !== "untagged")
      .map((remark) => this.chip(id, remark.tag, remark.kind === "doubtful" ? "doubtful" : "missing", remark.reason));
  }

  private chip(id: string, tag: string, standing: Standing, reason: string): Chip {
    const message = this.predicted.get(id);
    const evidence = (message?.tag_evidence?.[tag] ?? []).map((at) => ({
      start: Number(at.start_utf16 ?? at.start),
      end: Number(at.end_utf16 ?? at.end),
      kind: "evidence" as const,
      id: tag,
    }));
    return { tag, standing, score: message?.tag_scores?.[tag] ?? null, reason, evidence };
  }

  /** Carry out what was decided, as one step of undo. */
  decide(decisions: Decision[]): void {
    this.history.push({ states: new Map(this.states), decisions });
    for (const { message, tag, act } of decisions) {
      const { tags, settled } = this.states.get(message) ?? { tags: null, settled: [] };
      const others = (tags ?? []).filter((each) => each !== tag);
      const now = act === "add" || act === "keep" ? [...others, tag] : others;
      const same = act === "keep" || (act === "reject" && tags !== null && !tags.includes(tag));
      this.states.set(message, { tags: same ? tags : now, settled: [...settled, tag] });
    }
  }

  /** Take back the last step; what it had decided. */
  undo(): Decision[] {
    const last = this.history.pop();
    if (!last) return [];
    this.states = last.states;
    return last.decisions;
  }
}

/** What taking up a chip's suggestion decides, or turning it down. */
export function decision(message: string, chip: Chip, taken: boolean, reason?: string): Decision {
  const doubtful = chip.standing === "doubtful";
  const act = taken ? (doubtful ? "remove" : "add") : doubtful ? "keep" : "reject";
  return { message, tag: chip.tag, act, suggested: true, score: chip.score, ...(reason ? { reason } : {}) };
}

/** A copy that the model tags as if nobody had. */
export function untagged(thread: Thread): Thread {
  return { ...thread, messages: thread.messages.map(withoutTags) };
}

function withoutTags(message: Message): Message {
  const { tags: _, ...rest } = message;
  return rest as Message;
}
