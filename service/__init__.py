"""The front of house: one verb per wish, then thin edges (CLI, HTTP, page)."""
