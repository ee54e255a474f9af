"""What defends every route of the server, whoever draws it: who may ask, from where, how much, and what is never opened."""
