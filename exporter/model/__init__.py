"""The article as data: a closed set of node types, with constructors, traversals and dates."""
