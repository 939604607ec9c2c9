"""Whether what is stored holds together and follows its sources: checks, counts, and rows drawn to judge."""
