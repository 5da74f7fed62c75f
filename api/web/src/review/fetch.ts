import type { Api, Thread } from "../client.ts";

const asked = new WeakMap<Thread, Promise<unknown>>();

/** The review of a thread; thread view and review panel on one page, given the same object, ask for it once. */
export function reviewed<T>(api: Api, thread: Thread): Promise<T> {
  const known = asked.get(thread) as Promise<T> | undefined;
  if (known) return known;
  const made = api.review<T>(thread);
  asked.set(thread, made);
  made.catch(() => asked.delete(thread));
  return made;
}
