import { html, nothing, type TemplateResult } from "lit";
import type { Channel, Message, TagInfo } from "../client.ts";

export const TABS: [Channel, string][] = [
  ["chat", "Aufgabenchat"],
  ["note", "Interne Notizen"],
];

export const shownIn = (message: Message, channel: Channel): boolean => (message.channel ?? "chat") === channel;

/** The two tabs with the number of their messages; arrows go from one to the other. */
export function tabs(messages: readonly Message[], current: Channel, open: (channel: Channel) => void): TemplateResult {
  const arrows = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = (event.currentTarget as HTMLElement).querySelector<HTMLElement>("[aria-selected=false]");
    other?.focus();
    other?.click();
  };
  return html`<div class="tabs" role="tablist" aria-label="Ansicht" @keydown=${arrows}>
    ${TABS.map(
      ([channel, name]) => html`<button role="tab" id="tab-${channel}" aria-controls="list" aria-selected=${current === channel}
        tabindex=${current === channel ? 0 : -1} @click=${() => open(channel)}>${name}
        <small>${messages.filter((message) => shownIn(message, channel)).length}</small></button>`,
    )}
  </div>`;
}

/** A choice among the tags that occur, with how often. */
export function tagFilter(
  tags: Iterable<TagInfo>,
  count: (tag: string) => number,
  current: string,
  choose: (tag: string) => void,
): TemplateResult {
  const options = [...tags].map((tag) => ({ tag, found: count(tag.id) })).filter(({ tag, found }) => found || tag.id === current);
  const change = (event: Event) => choose((event.target as HTMLSelectElement).value);
  return html`<select aria-label="Nach Tag filtern" @change=${change}>
    <option value="" ?selected=${!current}>Alle Tags</option>
    ${options.map(({ tag, found }) => html`<option value=${tag.id} ?selected=${current === tag.id}>${tag.label} (${found})</option>`)}
  </select>`;
}

/** Undo, take all, review. */
export function actions(
  { undoable, sure, open, ready }: { undoable: boolean; sure: number; open: number; ready: boolean },
  act: { undo: () => void; takeAll: () => void; review: () => void },
): TemplateResult {
  return html`${undoable ? html`<button class="quiet" @click=${act.undo}>Rückgängig</button>` : nothing}
    <button ?disabled=${!sure} title="Alle sicheren Vorschläge übernehmen" @click=${act.takeAll}>Alle${sure ? ` ${sure}` : ""} übernehmen</button>
    <button class="primary" ?disabled=${!ready} title="Vorschlag für Vorschlag mit der Tastatur (Taste T)" aria-keyshortcuts="t"
      @click=${act.review}>Tags prüfen${open ? ` (${open})` : ""}</button>`;
}
