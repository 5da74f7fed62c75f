import { html, nothing, type TemplateResult } from "lit";
import type { Thread } from "../client.ts";
import { AREAS, customerName, customerRole, shortDay, TYPES } from "./words.ts";

/** Title and key data of the task. */
export function taskHeader({ task }: Thread): TemplateResult {
  const { customer, key_data: data } = task;
  const number = (value: unknown, unit: string) => (typeof value === "number" ? `${value.toLocaleString("de-DE")} ${unit}` : "offen");
  const addons = Array.isArray(data.addons) ? data.addons.map(named).filter(Boolean) : [];
  const rows: [string, string][] = [
    [customerRole(task), [customerName(task), customer.company].filter(Boolean).join(", ")],
    ["Anrede", customer.register ? { sie: "Sie", du: "Du" }[customer.register] : "offen"],
    ["VPA", task.assistant ?? "noch niemand"],
    ["Stunden", number(data.hours_budget, "Std.")],
    ["Frist", data.deadline ? shortDay(data.deadline) : "offen"],
    ["Satz", data.rate_eur ? number(data.rate_eur, "€/Std.") : ""],
    ["Add-ons", addons.join(", ")],
  ];
  return html`<details class="task" ?open=${!matchMedia("(max-width: 560px), (max-height: 820px)").matches}>
    <summary>
      <h2>${task.title || task.id}</h2>
      <span class="chip"><span>${AREAS[task.area]}</span></span>
      <span class="muted type">${TYPES[task.type]} · ${task.id}</span>
    </summary>
    <dl>${rows.map(([name, value]) => (value ? html`<div><dt>${name}</dt><dd>${value}</dd></div>` : nothing))}</dl>
  </details>`;
}

function named(addon: unknown): string {
  if (typeof addon === "string") return addon;
  const given = addon as { name?: unknown; add_on?: unknown } | null;
  return String(given?.name ?? given?.add_on ?? "");
}
