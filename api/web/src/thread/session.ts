import type { Chip, Tagging } from "./tagging.ts";

export type Outcome = "taken" | "refused" | "skipped";
export interface Item {
  message: string;
  tag: string;
}

/** A walk through all suggestions of a thread, one at a time. */
export class Session {
  readonly items: Item[];
  at = 0;
  private readonly outcomes = new Map<number, Outcome>();
  private readonly decided: number[] = [];

  constructor(
    private readonly tagging: Tagging,
    messages: readonly { id: string }[],
  ) {
    this.items = messages.flatMap(({ id }) =>
      tagging.chips(id).filter((chip) => chip.standing !== "given").map(({ tag }) => ({ message: id, tag })),
    );
  }

  get finished(): boolean {
    return this.outcomes.size === this.items.length;
  }

  /** The suggestion to be decided, undefined once all are or where it has been decided already. */
  get item(): Item | undefined {
    return this.finished ? undefined : this.items[this.at];
  }

  get chip(): Chip | undefined {
    const { item } = this;
    const undecided = item && !["taken", "refused"].includes(this.outcomes.get(this.at) ?? "");
    return undecided ? this.tagging.chips(item.message).find((chip) => chip.tag === item.tag) : undefined;
  }

  count(outcome: Outcome): number {
    return [...this.outcomes.values()].filter((each) => each === outcome).length;
  }

  outcome(): Outcome | undefined {
    return this.outcomes.get(this.at);
  }

  go(step: 1 | -1): void {
    this.at = Math.max(0, Math.min(this.items.length - 1, this.at + step));
  }

  /** Note what became of the suggestion at hand and go on to the next that is undecided. */
  close(outcome: Outcome): void {
    this.outcomes.set(this.at, outcome);
    this.decided.push(this.at);
    const open = this.items.findIndex((_, index) => index > this.at && !this.outcomes.has(index));
    this.at = open >= 0 ? open : Math.max(0, this.items.findIndex((_, index) => !this.outcomes.has(index)));
  }

  /** Go back to the suggestion that was closed last; whether a decision on it has to be taken back. */
  reopen(): boolean {
    const last = this.decided.pop();
    if (last === undefined) return false;
    this.at = last;
    const outcome = this.outcomes.get(last);
    this.outcomes.delete(last);
    return outcome !== "skipped";
  }
}
