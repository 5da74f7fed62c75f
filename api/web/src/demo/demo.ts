/** The demo page: a host like any other, which knows the components by their properties and events alone. */
import type { Channel, Thread } from "../client.ts";
import type { AufgabenchatEditor } from "../editor/editor.ts";
import type { AufgabenchatReview } from "../review/review.ts";
import type { AufgabenchatThread } from "../thread/thread.ts";

type Sample = Thread & { sample: string; as_of: string };
interface Sent {
  text: string;
  channel: Channel;
  tags: string[];
  attachments?: string[];
}

const find = <T extends Element>(selector: string): T => {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`${selector} is not on the page`);
  return found;
};
const chooser = find<HTMLSelectElement>("#sample");
const chat = find<AufgabenchatThread>("aufgabenchat-thread");
const editor = find<AufgabenchatEditor>("aufgabenchat-editor");
const review = find<AufgabenchatReview>("aufgabenchat-review");
const said = find<HTMLElement>("#said");
let samples: Sample[] = [];

function show(thread: Thread): void {
  for (const part of [chat, editor, review]) part.thread = thread;
}

function choose(id: string): void {
  const sample = samples.find(({ task }) => task.id === id) ?? samples[0];
  if (!sample) return;
  chooser.value = sample.task.id;
  history.replaceState(null, "", `#${sample.task.id}`);
  Object.assign(chat, { channel: "chat", highlight: [] });
  editor.channel = "chat";
  editor.clear();
  show(structuredClone(sample));
}

/** A quarter of an hour after the thread's last moment: samples have a time of their own. */
function later(thread: Sample): string {
  const at = new Date(`${thread.as_of}Z`);
  return new Date(at.getTime() + 15 * 60_000).toISOString().slice(0, 19);
}

function sent({ text, channel, tags, attachments }: Sent): void {
  const thread = chat.thread as Sample;
  const at = later(thread);
  const id = `m${thread.messages.length + 1}`;
  const message = { id, author: "team" as const, channel, sent_at: at, text, ...(tags.length ? { tags } : {}), ...(attachments?.length ? { attachments } : {}) };
  show({ ...thread, as_of: at, messages: [...thread.messages, message] } as Thread);
  tell(channel === "note" ? "Notiz gespeichert." : "Nachricht gesendet.");
}

function tell(text: string): void {
  said.textContent = text;
  setTimeout(() => {
    if (said.textContent === text) said.textContent = "";
  }, 3_000);
}

function area(name: "work" | "review"): void {
  document.body.dataset.area = name;
  for (const each of ["work", "review"]) find(`#tab-${each}`).setAttribute("aria-selected", String(each === name));
}

function dark(on: boolean): void {
  const theme = on ? "dark" : "light";
  document.documentElement.dataset.theme = theme;
  for (const part of [chat, editor, review]) part.setAttribute("theme", theme);
  const button = find("#theme");
  button.textContent = on ? "Hell" : "Dunkel";
  button.setAttribute("aria-pressed", String(on));
}

function on<T>(target: EventTarget, name: string, act: (detail: T) => void): void {
  target.addEventListener(name, (event) => act((event as CustomEvent<T>).detail));
}

on<{ thread: Thread }>(chat, "ac-thread", ({ thread }) => show(thread));
on<{ channel: Channel }>(chat, "ac-channel", ({ channel }) => {
  editor.channel = channel;
});
on<{ message_id: string; start: number; end: number }>(review, "ac-evidence", ({ message_id, start, end }) => {
  area("work");
  void chat.reveal(message_id, start, end);
});
on<{ id: string }>(review, "ac-template", ({ id }) => {
  area("work");
  void editor.compose(id);
});
on<{ id: string; message_id: string }>(editor, "ac-question", ({ id, message_id }) => {
  chat.highlight = [id.includes(".") ? id : `${message_id}.${id}`];
});
on<{ questions: { message_id: string; id: string; done: boolean }[] }>(editor, "ac-questions", ({ questions }) => {
  chat.drafted = questions.filter(({ done }) => done).map(({ id, message_id }) => (id.includes(".") ? id : `${message_id}.${id}`));
});
on<Sent>(editor, "ac-send", sent);

chooser.addEventListener("change", () => choose(chooser.value));
find("#reset").addEventListener("click", () => choose(chooser.value));
find("#theme").addEventListener("click", () => dark(document.documentElement.dataset.theme !== "dark"));
for (const name of ["work", "review"] as const) find(`#tab-${name}`).addEventListener("click", () => area(name));
window.addEventListener("hashchange", () => choose(location.hash.slice(1)));

dark(matchMedia("(prefers-color-scheme: dark)").matches);
samples = await (await fetch("/demo/samples")).json();
chooser.replaceChildren(...samples.map(({ task, sample }) => new Option(sample, task.id)));
choose(location.hash.slice(1));
