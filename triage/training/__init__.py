"""From labelled rows to a router artefact; only an artefact directory passes from here to inference."""
