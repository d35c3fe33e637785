"""The language model as a plug: off by default; its words go through the citation lock."""
