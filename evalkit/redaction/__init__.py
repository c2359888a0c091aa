"""What is personal or secret in texts, replaced before anything is stored."""
