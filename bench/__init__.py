"""What things cost beside what they may cost: a part a file, whose ``main`` prints it and tells if all is within."""
