"""The database: tables, sessions, every read (queries) and every write (commands)."""
