"""How things are drawn: charts, tables, pictures."""
