import type { Message, Thread } from "../client.ts";

type Task = Thread["task"];

export const AREAS: Record<Task["area"], string> = {
  neukunde: "Neukunde",
  forwarded: "Weitergeleitet",
  laufend: "Laufend",
  umfrage: "Umfrage",
};

export const TYPES: Record<Task["type"], string> = {
  recherche: "Recherche",
  dateneingabe: "Dateneingabe",
  kundensupport: "Kundensupport",
  buchhaltung: "Buchhaltung",
  terminplanung: "Terminplanung",
  reiseplanung: "Reiseplanung",
  social_media: "Social Media",
  text_lektorat: "Text & Lektorat",
  uebersetzung: "Übersetzung",
  telefonie: "Telefonie",
  webseite: "Webseite",
  praesentation: "Präsentation",
  personal: "Personal",
  privat: "Privates",
  sonstiges: "Sonstiges",
};

/** One of a kind, and several. */
export const SEVERITIES = { error: ["Fehler", "Fehler"], warning: ["Warnung", "Warnungen"], hint: ["Hinweis", "Hinweise"] } as const;
export const QUESTION_STATES = { open: "offen", answered: "beantwortet", deferred: "aufgeschoben", drafted: "im Entwurf beantwortet" } as const;

/** Why a suggestion does not fit; kept with the feedback. */
export const REASONS = ["Kommt nur am Rand vor", "Darum geht es hier nicht", "Ein anderes Tag passt besser", "Nur Höflichkeit"];

export function customerName({ customer }: Task): string {
  return [customer.salutation, customer.first_name, customer.last_name].filter(Boolean).join(" ") || customer.company || "Kunde";
}

export function customerRole({ customer }: Task): string {
  return { Frau: "Kundin", Herr: "Kunde" }[customer.salutation ?? ""] ?? "Kunde";
}

/** Who wrote a message, and as what. */
export function author(message: Message, task: Task): { name: string; role: string } {
  if (message.author === "customer") {
    return { name: customerName(task), role: customerRole(task) };
  }
  return message.author === "assistant" ? { name: task.assistant ?? "Assistenz", role: "VPA" } : { name: "Admin-Team", role: "Team" };
}

export function initials(name: string): string {
  const words = name.replace(/^(Frau|Herr)\s/, "").split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  return (words.length > 1 ? [words[0], words.at(-1)] : [words[0] ?? name]).map((word) => Array.from(word ?? "")[0] ?? "").join("");
}

const DAY = new Intl.DateTimeFormat("de-DE", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const SHORT = new Intl.DateTimeFormat("de-DE", { weekday: "short", day: "2-digit", month: "2-digit", year: "numeric" });
const TIME = new Intl.DateTimeFormat("de-DE", { hour: "2-digit", minute: "2-digit" });

const formatted = (format: Intl.DateTimeFormat, at: unknown): string => {
  const moment = typeof at === "string" ? new Date(at.length === 10 ? `${at}T00:00` : at) : null;
  return moment && !Number.isNaN(moment.getTime()) ? format.format(moment) : "";
};

export const day = (at: unknown): string => formatted(DAY, at);
export const shortDay = (at: unknown): string => formatted(SHORT, at) || String(at ?? "");
export const time = (at: unknown): string => formatted(TIME, at);
export const percent = (score: number | null | undefined): string => {
  if (score == null) return "";
  return score < 0.005 ? "< 1 %" : score >= 0.995 ? "> 99 %" : `${Math.round(score * 100)} %`;
};
export const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
