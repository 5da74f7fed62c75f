export { Api, Problem, Unreachable } from "./client.ts";
export { AufgabenchatEditor } from "./editor/editor.ts";
export { Feedback } from "./feedback.ts";
export { AufgabenchatReview } from "./review/review.ts";
export { AufgabenchatThread } from "./thread/thread.ts";
