"""The models that ship with the package, and the corpus they come from."""
