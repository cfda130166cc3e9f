"""What tests with real calls share: a running installation, its phones, and what they heard."""
