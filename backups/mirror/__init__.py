"""Everything that is mirrored, as files that need none of our programs: so that a company can leave."""
