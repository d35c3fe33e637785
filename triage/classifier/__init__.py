"""Reads a masked complaint: the artefact, its members, calibrated and ranked answers. Never imports training."""
