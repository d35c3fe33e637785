"""The routing report: one self-contained HTML of where a router is right, sure, and wrong."""
