import type { Api, TagInfo, Thread } from "../client.ts";
import { reviewed } from "../review/fetch.ts";
import type { Review } from "../review/record.ts";
import { Tagging, untagged } from "./tagging.ts";

/** All that is shown of a thread. */
export interface Loaded {
  thread: Thread;
  tagging: Tagging;
}

/**
 * The thread as the assistant reads it. Tags that people gave are compared with those it would give itself.
 *
 * @throws as {@link Api}
 */
export async function load(api: Api, thread: Thread, signal: AbortSignal): Promise<Loaded> {
  const labelled = thread.messages.some((message) => message.tags);
  const [annotated, predicted, review] = await Promise.all([
    api.annotate(thread, signal),
    labelled ? api.annotate(untagged(thread), signal) : null,
    labelled ? reviewed<Review>(api, thread) : null,
  ]);
  return { thread: annotated, tagging: new Tagging(thread, predicted ?? annotated, review?.tags ?? []) };
}

/** The tags by id, in the order in which they are shown. */
export async function taxonomy(api: Api): Promise<ReadonlyMap<string, TagInfo>> {
  return new Map((await api.taxonomy()).map((tag) => [tag.id, tag]));
}
