"""What only shows over the wire: two workers, real stores, and processes that end in the middle of it."""
