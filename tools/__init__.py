"""What contributors and CI run; nothing a reader needs."""
