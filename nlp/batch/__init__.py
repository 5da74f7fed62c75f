"""Archives: many threads, annotated in parts that are each done once, whatever happens in between."""
