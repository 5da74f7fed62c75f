/** A passage of a text that means something, in UTF-16 units. */
export interface Span {
  start: number;
  end: number;
  kind: "question" | "evidence" | "answer" | "finding";
  /** What it is: a question's or finding's key, a tag. */
  id: string;
}

/** A stretch of text over which the same spans hold; `first` and `last` are those that begin and end with it. */
export interface Segment {
  text: string;
  spans: Span[];
  first: Span[];
  last: Span[];
}

/** The text cut wherever a span begins or ends; joined, the segments are the text again. */
export function segments(text: string, spans: readonly Span[]): Segment[] {
  const valid = spans.filter((span) => 0 <= span.start && span.start < span.end && span.end <= text.length);
  const cuts = [...new Set([0, text.length, ...valid.flatMap((span) => [span.start, span.end])])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((start, index) => {
    const end = cuts[index + 1] ?? text.length;
    const over = valid.filter((span) => span.start <= start && end <= span.end);
    return {
      text: text.slice(start, end),
      spans: over,
      first: over.filter((span) => span.start === start),
      last: over.filter((span) => span.end === end),
    };
  });
}
