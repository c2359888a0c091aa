"""What pages share, by kind of thing: state, forms, charts, tables, components."""
