// src/demo/demo.ts
var e = (e) => {
	let t = document.querySelector(e);
	if (!t) throw Error(`${e} is not on the page`);
	return t;
}, t = e("#sample"), n = e("aufgabenchat-thread"), r = e("aufgabenchat-editor"), i = e("aufgabenchat-review"), a = e("#said"), o = [];
function s(e) {
	for (let t of [
		n,
		r,
		i
	]) t.thread = e;
}
function c(e) {
	let i = o.find(({ task: t }) => t.id === e) ?? o[0];
	i && (t.value = i.task.id, history.replaceState(null, "", `#${i.task.id}`), Object.assign(n, {
		channel: "chat",
		highlight: []
	}), r.channel = "chat", r.clear(), s(structuredClone(i)));
}
function l(e) {
	let t = /* @__PURE__ */ new Date(`${e.as_of}Z`);
	return new Date(t.getTime() + 9e5).toISOString().slice(0, 19);
}
function u({ text: e, channel: t, tags: r, attachments: i }) {
	let a = n.thread, o = l(a), c = {
		id: `m${a.messages.length + 1}`,
		author: "team",
		channel: t,
		sent_at: o,
		text: e,
		...r.length ? { tags: r } : {},
		...i?.length ? { attachments: i } : {}
	};
	s({
		...a,
		as_of: o,
		messages: [...a.messages, c]
	}), d(t === "note" ? "Notiz gespeichert." : "Nachricht gesendet.");
}
function d(e) {
	a.textContent = e, setTimeout(() => {
		a.textContent === e && (a.textContent = "");
	}, 3e3);
}
function f(t) {
	document.body.dataset.area = t;
	for (let n of ["work", "review"]) e(`#tab-${n}`).setAttribute("aria-selected", String(n === t));
}
function p(t) {
	let a = t ? "dark" : "light";
	document.documentElement.dataset.theme = a;
	for (let e of [
		n,
		r,
		i
	]) e.setAttribute("theme", a);
	let o = e("#theme");
	o.textContent = t ? "Hell" : "Dunkel", o.setAttribute("aria-pressed", String(t));
}
function m(e, t, n) {
	e.addEventListener(t, (e) => n(e.detail));
}
m(n, "ac-thread", ({ thread: e }) => s(e)), m(n, "ac-channel", ({ channel: e }) => {
	r.channel = e;
}), m(i, "ac-evidence", ({ message_id: e, start: t, end: r }) => {
	f("work"), n.reveal(e, t, r);
}), m(i, "ac-template", ({ id: e }) => {
	f("work"), r.compose(e);
}), m(r, "ac-question", ({ id: e, message_id: t }) => {
	n.highlight = [e.includes(".") ? e : `${t}.${e}`];
}), m(r, "ac-questions", ({ questions: e }) => {
	n.drafted = e.filter(({ done: e }) => e).map(({ id: e, message_id: t }) => e.includes(".") ? e : `${t}.${e}`);
}), m(r, "ac-send", u), t.addEventListener("change", () => c(t.value)), e("#reset").addEventListener("click", () => c(t.value)), e("#theme").addEventListener("click", () => p(document.documentElement.dataset.theme !== "dark"));
for (let t of ["work", "review"]) e(`#tab-${t}`).addEventListener("click", () => f(t));
window.addEventListener("hashchange", () => c(location.hash.slice(1))), p(matchMedia("(prefers-color-scheme: dark)").matches), o = await (await fetch("/demo/samples")).json(), t.replaceChildren(...o.map(({ task: e, sample: t }) => new Option(t, e.id))), c(location.hash.slice(1));
