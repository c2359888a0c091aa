"""What finds each kind of thing that is replaced: one file per kind, and a table of them all."""
