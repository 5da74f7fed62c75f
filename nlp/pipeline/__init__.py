"""Components of the German pipeline, one a file."""
