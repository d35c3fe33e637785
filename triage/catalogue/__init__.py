"""The departments to which a hotline dispatches, as data."""
