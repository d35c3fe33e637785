"""Finds the articles that govern: analyzer, lexical index, searcher."""
