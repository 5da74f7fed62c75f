import type { Api, TagInfo, Thread } from "../client.ts";
import { reviewed } from "../review/fetch.ts";
import type { Review } from "../review/record.ts";
import { Tagging, untagged } from "./tagging.ts";

/** All that is shown of a thread; `complete` once the tags that people gave have been compared as well. */
export interface Loaded {
  thread: Thread;
  tagging: Tagging;
  complete: boolean;
}

/**
 * The thread as the assistant reads it, first without and then with what it has against the tags that people gave.
 * One call after the other: each is a pass over the whole thread, and the first is what a reader waits for.
 *
 * @throws as {@link Api}
 */
export async function* load(api: Api, thread: Thread, signal: AbortSignal): AsyncGenerator<Loaded> {
  const annotated = await api.annotate(thread, signal);
  const complete = !thread.messages.some((message) => message.tags);
  yield { thread: annotated, tagging: new Tagging(thread, annotated, []), complete };
  if (complete) return;
  const predicted = await api.annotate(untagged(thread), signal);
  const { tags } = await reviewed<Review>(api, thread);
  yield { thread: annotated, tagging: new Tagging(thread, predicted, tags), complete: true };
}

/** The tags by id, in the order in which they are shown. */
export async function taxonomy(api: Api): Promise<ReadonlyMap<string, TagInfo>> {
  return new Map((await api.taxonomy()).map((tag) => [tag.id, tag]));
}
