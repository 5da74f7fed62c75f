export { Api, Problem, Unreachable } from "./client.ts";
export { Feedback } from "./feedback.ts";
