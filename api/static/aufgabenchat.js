// src/client.ts
var e = class extends Error {
	constructor(e, t, n = null) {
		super(t), this.status = e, this.retryAfter = n;
	}
	get overloaded() {
		return [
			429,
			503,
			504
		].includes(this.status);
	}
}, t = class extends Error {
	constructor() {
		super("Der Dienst ist gerade nicht erreichbar.");
	}
}, n = class {
	constructor({ base: e = "", token: t = null, timeout: n = 8e3 } = {}) {
		this.annotate = (e, t) => this.post("annotate", e, t), this.suggest = (e, t) => this.post("suggest", e, t), this.check = (e, t) => this.post("check", e, t), this.sendAnyway = (e) => this.post("send-anyway", e), this.feedback = (e) => this.post("feedback", e), this.taxonomy = () => this.call("taxonomy"), this.templates = () => this.call("templates"), this.rules = () => this.call("rules"), this.base = e.replace(/\/$/, ""), this.token = t, this.timeout = n;
	}
	compose(e, t, n, r) {
		return this.post("compose", {
			thread: e,
			template: t ?? null,
			answers: n ?? null
		}, r);
	}
	review(e, t, n) {
		return this.post("review", {
			thread: e,
			as_of: t ?? null
		}, n);
	}
	post(e, t, n) {
		return this.call(e, {
			method: "POST",
			body: JSON.stringify(t)
		}, n);
	}
	async call(n, i = {}, a) {
		let o = { Accept: "application/json" };
		i.body && (o["Content-Type"] = "application/json"), this.token && (o.Authorization = `Bearer ${this.token}`);
		let s = [AbortSignal.timeout(this.timeout), ...a ? [a] : []];
		try {
			let e = await fetch(`${this.base}/v1/${n}`, {
				...i,
				headers: o,
				signal: AbortSignal.any(s)
			});
			if (!e.ok) throw await r(e);
			return await e.json();
		} catch (n) {
			throw n instanceof e ? n : a?.aborted ? a.reason : new t();
		}
	}
};
async function r(t) {
	let n = await t.json().catch(() => ({})), r = n.errors?.[0]?.detail, i = [
		n.title ?? `Der Dienst antwortet mit ${t.status}.`,
		n.detail,
		r
	].filter(Boolean).join(" "), a = Number(t.headers.get("Retry-After") ?? "x");
	return new e(t.status, i, Number.isFinite(a) ? a : null);
}
// src/feedback.ts
var i = 200, a = 6, o = class {
	constructor(e) {
		this.api = e, this.queue = [], this.failed = 0, this.running = !1;
	}
	send(e, { thread: t, message: n, user: r, reason: a }) {
		this.queue.length >= i && this.queue.shift();
		let o = t.messages.findIndex((e) => e.id === n.id), s = t.messages.slice(0, o < 0 ? void 0 : o).slice(-3);
		this.queue.push({
			id: crypto.randomUUID?.(),
			task: t.task,
			context: s,
			message: n,
			user: r ?? null,
			reason: a ?? null,
			...e
		}), clearTimeout(this.timer), this.drain();
	}
	async drain() {
		if (!this.running) {
			this.running = !0;
			try {
				for (; this.queue[0];) await this.api().feedback(this.queue[0]).catch((t) => {
					if (!(t instanceof e) || t.overloaded) throw t;
				}), this.queue.shift(), this.failed = 0;
			} catch {
				this.failed += 1, this.failed < a ? this.timer = setTimeout(() => void this.drain(), 2e3 * 2 ** this.failed) : this.queue.length = this.failed = 0;
			} finally {
				this.running = !1;
			}
		}
	}
};
export { n as Api, o as Feedback, e as Problem, t as Unreachable };
