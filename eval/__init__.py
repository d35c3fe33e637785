"""Measures everything above it; nothing above imports it."""
