"""Where things are kept: one class an area, explicit statements, values of the domain in and out."""
