"""Letters, text messages and notices: what is said, and the senders that carry it."""
