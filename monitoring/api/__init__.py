"""What is wrong now, for programs and for the mobile screens that bring everything together."""
