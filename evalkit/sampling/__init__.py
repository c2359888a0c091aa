"""A small set of cases out of thousands: strata, near-duplicates, what differs, what is drawn."""
