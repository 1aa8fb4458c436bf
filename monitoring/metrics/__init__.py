"""What is measured: from the signals of the sync as it works, and by looking once a minute. Kept as rows, by minutes,
hours and days; with no traffic there are no rows, and then nothing is said.
"""
