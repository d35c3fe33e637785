"""The artefact, its members, calibrated and ranked answers; never imports training."""
