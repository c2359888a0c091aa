"""What notes say, in groups: how large each is, how well it holds, in whose responses."""
