"""Every class of failure has its explanation."""
