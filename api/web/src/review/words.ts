import type { BookingElement, ChecklistItem, Letter, NoteRemark, TagRemark } from "./record.ts";

/** What is due next, as a heading. */
export const STEPS: Record<string, string> = {
  answer: "Antworten",
  confirm_booking: "Buchung bestätigen",
  enter_customer_file: "In die Kundenakte eintragen",
  ask: "Nachfragen",
  wait: "Warten",
  remind: "Erinnern",
  request_approval: "Freigabe einholen",
  decline: "Ablehnen",
  none: "Nichts zu tun",
};

export const STATES: Record<ChecklistItem["state"], [sign: string, name: string, style: string]> = {
  present: ["✓", "vorhanden", "ok"],
  partial: ["◐", "teilweise", "warning"],
  missing: ["✗", "fehlt", "error"],
  not_needed: ["–", "nicht nötig", "muted"],
};

export const TOPICS: Record<string, string> = {
  work: "Arbeit",
  result: "Ergebnis",
  deadline: "Frist",
  hours: "Stunden",
  price: "Preis",
  access: "Zugang",
  add_on: "Add-on",
  style: "Form und Ton",
};

export const ELEMENTS: Record<BookingElement["element"], string> = {
  option: "Option",
  days: "Tage",
  time: "Uhrzeit",
  min_hours: "Mindestzeit",
  notice: "Kündigungsfrist",
};

export const REMARKS: Record<TagRemark["kind"], string> = { missing: "fehlt", doubtful: "zweifelhaft", untagged: "noch ohne Tag" };

export const VERDICTS: Record<NoteRemark["verdict"], [name: string, style: string]> = {
  right: ["richtig hier", "ok"],
  belongs_in_chat: ["gehört in den Chat", "error"],
  belongs_in_individual_chat: ["gehört in den Einzelchat", "warning"],
};

export const DRAFTS: Record<Letter["kind"], string> = {
  booking_confirmation: "Buchungsbestätigung",
  customer_file_booking: "Eintrag in die Kundenakte",
  customer_file_decline: "Eintrag in die Kundenakte",
  poll_note: "Notiz zur geänderten Beschreibung",
  complaint_note: "Notiz zur Beschwerde",
};

const DAYS: Record<string, string> = { mo: "Mo", di: "Di", mi: "Mi", do: "Do", fr: "Fr", sa: "Sa", so: "So" };
const PER: Record<string, string> = { tag: "am Tag", woche: "in der Woche", monat: "im Monat", termin: "pro Termin" };

/** The value of a booking's element as people write it. */
export function inWords({ element, value }: BookingElement): string {
  if (value === null || value === undefined) return "offen";
  if (element === "days" && Array.isArray(value)) return value.map((day) => DAYS[String(day)] ?? String(day)).join(", ");
  if (element === "time") return `${String(value).replace("-", "–")} Uhr`;
  if (element === "min_hours" && Array.isArray(value)) {
    return `mindestens ${Number(value[0]).toLocaleString("de-DE")} Std. ${PER[String(value[1])] ?? ""}`.trim();
  }
  return value === "keine" ? "keine" : String(value);
}
