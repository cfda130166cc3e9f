"""What a carrier's line is, pure: called numbers, who may be called and how, causes in words."""
