import type { components } from "./api.d.ts";

type Schemas = components["schemas"];

export type Thread = Schemas["Thread"];
export type Message = Schemas["Message"];
export type Channel = "chat" | "note";
export type Finding = Schemas["Finding"];
export type Severity = Finding["severity"];
export type OpenQuestion = Schemas["OpenQuestion"];
export type TagSuggestion = Schemas["TagSuggestion"];
export type TemplateChoice = Schemas["TemplateChoice"];
export type TemplateInfo = Schemas["TemplateInfo"];
export type TagInfo = Schemas["TagInfo"];
export type RuleInfo = Schemas["RuleInfo"];
export type Suggestion = Schemas["SuggestAnswer"];
export type Check = Schemas["CheckAnswer"];

/** Keys that the server fills in may be left out of what is sent. */
type Sent<T> = Partial<T>;
export type DraftBody = { thread: Thread; draft: string } & Sent<Schemas["Draft"]>;
export type SuggestBody = DraftBody & Sent<Pick<Schemas["SuggestRequest"], "request_seq" | "last_message_id" | "text_hash">>;

export type Source = Schemas["Ref"];
export type Block = Schemas["Block"];
export type Gap = Schemas["Gap"];
export type ComposedDraft = Schemas["ComposeAnswer"];
export type GapValues = Record<string, string | number | string[]>;

/** The call was answered with an error; `message` says in German what happened and what to do. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }

  /** Too much to do, for now. */
  get overloaded(): boolean {
    return [429, 503, 504].includes(this.status);
  }
}

/** No answer: no network, no server, or too slow. */
export class Unreachable extends Error {
  constructor() {
    super("Der Dienst ist gerade nicht erreichbar.");
  }
}

export interface ApiOptions {
  /** Where the API is, without `/v1`; as a rule the page's own origin. */
  base?: string;
  token?: string | null;
  /** Longest wait for an answer, in milliseconds. */
  timeout?: number;
}

const SMALL = 16_000;

/** A thread that is looked at as of a day is answered on that day, any other one now. */
export const dayOf = (thread: Thread): { sent_at?: string } => (typeof thread.as_of === "string" ? { sent_at: thread.as_of } : {});

/**
 * The calls of the assistant's API.
 *
 * @throws {Problem} for an answer that is an error, {@link Unreachable} for none, and an AbortError where `signal` was aborted.
 */
export class Api {
  private readonly base: string;
  private readonly token: string | null;
  private readonly timeout: number;

  constructor({ base = "", token = null, timeout = 8_000 }: ApiOptions = {}) {
    this.base = base.replace(/\/$/, "");
    this.token = token;
    this.timeout = timeout;
  }

  annotate = (thread: Thread, signal?: AbortSignal) => this.post<Thread>("annotate", thread, signal);
  suggest = (body: SuggestBody, signal?: AbortSignal) => this.post<Suggestion>("suggest", body, signal);
  check = (body: DraftBody, signal?: AbortSignal) => this.post<Check>("check", body, signal);
  sendAnyway = (body: DraftBody & { token: string }) => this.post<Schemas["SendAnywayAnswer"]>("send-anyway", body);
  /** Goes out even if the page is closed meanwhile, which browsers allow for small bodies. */
  feedback(event: unknown): Promise<Schemas["FeedbackAnswer"]> {
    const body = JSON.stringify(event);
    return this.call("feedback", { method: "POST", body, keepalive: body.length < SMALL });
  }

  taxonomy = () => this.call<TagInfo[]>("taxonomy");
  templates = () => this.call<TemplateInfo[]>("templates");
  rules = () => this.call<RuleInfo[]>("rules");

  /** A draft of the next message; `template` may be several ids joined by `+`, `answers` what a person filled in. */
  compose(thread: Thread, template?: string, answers?: GapValues, signal?: AbortSignal): Promise<ComposedDraft> {
    return this.post("compose", { thread, template: template ?? null, answers: answers ?? null, ...dayOf(thread) }, signal);
  }

  /** The task as a contract; `T` is what the caller reads of it. */
  review<T>(thread: Thread, asOf?: string, signal?: AbortSignal): Promise<T> {
    return this.post("review", { thread, as_of: asOf ?? null }, signal);
  }

  private post<T>(name: string, body: unknown, signal?: AbortSignal): Promise<T> {
    return this.call(name, { method: "POST", body: JSON.stringify(body) }, signal);
  }

  private async call<T>(name: string, init: RequestInit = {}, signal?: AbortSignal): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (init.body) headers["Content-Type"] = "application/json";
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    const limits = [AbortSignal.timeout(this.timeout), ...(signal ? [signal] : [])];
    try {
      const response = await fetch(`${this.base}/v1/${name}`, { ...init, headers, signal: AbortSignal.any(limits) });
      if (!response.ok) throw await problem(response);
      return (await response.json()) as T;
    } catch (error) {
      if (error instanceof Problem) throw error;
      if (signal?.aborted) throw signal.reason;
      throw new Unreachable();
    }
  }
}

async function problem(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Partial<Schemas["Problem"]>;
  const wrong = body.errors?.[0]?.detail;
  const text = [body.title ?? `Der Dienst antwortet mit ${response.status}.`, body.detail, wrong].filter(Boolean).join(" ");
  const wait = Number(response.headers.get("Retry-After") ?? "x");
  return new Problem(response.status, text, Number.isFinite(wait) ? wait : null);
}
