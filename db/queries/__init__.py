"""Every read: session in, frozen record or tidy frame out."""
