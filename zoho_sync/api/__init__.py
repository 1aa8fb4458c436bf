"""Runs, failures and deliveries for programs, and the older doors that start runs."""
