"""Learning from what people accept and correct: feedback to examples, challenger against champion, what to label next, drift."""
