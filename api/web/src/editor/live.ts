import { Problem } from "../client.ts";

/** How the service is: fine, at it for a while, gone (or refusing us), or with too much to do. */
export type ServiceState = "ok" | "busy" | "offline" | "overloaded";

export interface LiveOptions<T> {
  /** Ask about what stands there now; `seq` counts the requests. */
  ask: (seq: number, signal: AbortSignal) => Promise<T>;
  /** Show an answer; never called once what it was asked about has changed. */
  show: (answer: T) => void;
  /** True while there is nothing to ask about. */
  hold?: () => boolean;
  /** Told on each change; `text` says in German what is wrong. */
  state: (state: ServiceState, text: string) => void;
}

export const PAUSE = 300;
const SLOW = 1_000;
const LONGEST_WAIT = 30_000;

/**
 * Asks once typing pauses: one request at a time, the newest text wins, stale answers are dropped.
 * Where the service fails, it tries again by itself, ever less often, however much is typed meanwhile.
 */
export class Live<T> {
  private version = 0;
  private failures = 0;
  private running = false;
  private due = false;
  private told: ServiceState = "ok";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private abort = new AbortController();

  constructor(private readonly options: LiveOptions<T>) {}

  /** What is asked about has changed. */
  touch(pause = PAUSE): void {
    this.version += 1;
    if (this.failures === 0) this.schedule(pause);
  }

  /** Ask at once, for instance as the network is back. */
  retry(): void {
    this.schedule(0);
  }

  /** Drop all; `touch` starts again. */
  stop(): void {
    this.version += 1;
    this.failures = 0;
    clearTimeout(this.timer);
    this.abort.abort();
    this.abort = new AbortController();
  }

  private schedule(pause: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), pause);
  }

  private async run(): Promise<void> {
    this.due = this.running;
    if (this.running || this.options.hold?.()) return;
    this.running = true;
    const { version } = this;
    const { signal } = this.abort;
    const slow = setTimeout(() => this.failures === 0 && this.tell("busy", "Die Prüfung dauert gerade länger."), SLOW);
    try {
      const answer = await this.options.ask(version, signal);
      this.failures = 0;
      if (version === this.version) this.options.show(answer);
      this.tell("ok", "");
    } catch (error) {
      if (!signal.aborted) this.failed(error);
    } finally {
      clearTimeout(slow);
      this.running = false;
    }
    if (this.due && this.failures === 0) void this.run();
  }

  private failed(error: unknown): void {
    this.failures += 1;
    const problem = error instanceof Problem ? error : null;
    const wait = Math.max(1_000 * 2 ** (this.failures - 1), (problem?.retryAfter ?? 0) * 1_000);
    this.tell(problem?.overloaded ? "overloaded" : "offline", wording(problem));
    this.schedule(Math.min(wait, LONGEST_WAIT));
  }

  private tell(state: ServiceState, text: string): void {
    if (state !== this.told || state === "offline") this.options.state(state, text);
    this.told = state;
  }
}

function wording(problem: Problem | null): string {
  if (problem === null) return "Keine Verbindung zur Prüfung. Sie können weiterschreiben und senden.";
  if (problem.overloaded) return "Die Prüfung ist gerade ausgelastet. Sie können weiterschreiben und senden.";
  return `Die Prüfung ist nicht möglich: ${problem.message}`;
}
