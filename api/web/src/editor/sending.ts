import { type Api, type DraftBody, type Finding, Problem } from "../client.ts";
import { gapsOf } from "./gaps.ts";

/** How a message goes out. */
export interface Cleared {
  /** Errors stand, and the writer sends all the same. */
  sentAnyway: boolean;
  /** The service could not be asked. */
  unchecked: boolean;
}

const PATIENCE = 3_000;

/**
 * What stands between a draft and the customer.
 *
 * @param ask puts the errors to the writer; true for sending all the same
 * @returns how it may go out, or null if the writer would rather not
 */
export async function clearance(api: Api, body: DraftBody, ask: (errors: Finding[], trouble: string) => Promise<boolean>): Promise<Cleared | null> {
  let trouble = "";
  for (;;) {
    const checked = await api.check(body, AbortSignal.timeout(PATIENCE)).catch(() => null);
    // a service that is away or has too much to do never holds a message up; a gap is seen without it
    if (checked === null) {
      const gap = gapsOf(body.draft)[0];
      if (gap && !(await ask([unfilled(body.draft.slice(gap.from, gap.to))], ""))) return null;
      return { sentAnyway: gap !== undefined, unchecked: true };
    }
    const errors = checked.findings.filter((finding) => finding.severity === "error");
    if (checked.sendable || errors.length === 0) return { sentAnyway: false, unchecked: false };
    if (!(await ask(errors, trouble))) return null;
    try {
      await api.sendAnyway({ ...body, token: checked.send_anyway ?? "" });
      return { sentAnyway: true, unchecked: false };
    } catch (error) {
      trouble = error instanceof Problem ? error.message : "Die Freigabe ließ sich nicht festhalten. Versuchen Sie es noch einmal.";
    }
  }
}

const unfilled = (quote: string): Finding => ({
  rule: "placeholder-left",
  severity: "error",
  message: `Die Lücke ${quote} ist noch offen. Mehr ließ sich nicht prüfen: Der Dienst ist nicht erreichbar.`,
  quote,
  start: 0,
  end: 0,
  key: "",
});
