"""Simulated callers and agents, test phones, the sample CRM and the demo configuration."""
