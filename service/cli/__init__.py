"""The command line: one file a group of commands; each calls one verb of the library."""
