"""Groups of short notes that say the same, how well each holds, and where notes lie on a map."""
