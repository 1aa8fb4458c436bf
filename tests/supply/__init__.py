"""What the packages that we stand on are: known weaknesses, licences, and a list of them that others can read."""
