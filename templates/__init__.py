"""Chat templates, approved answers, phrases and add-ons; see README.md."""
