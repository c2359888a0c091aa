"""What a judge's verdicts are worth beside people's labels."""
