"""Models as judges: what they are asked, what they said, and who they are."""
